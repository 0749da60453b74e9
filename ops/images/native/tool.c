/* engram-faults: what the harness runs inside a node's container to see whether a fault bites, and to make those that the
   kernel has no command for. Linked statically: it runs in any image. */
#include "tool.h"
#include <stdio.h>
#include <string.h>
#include <time.h>

long long monotonic_ns(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec * 1000000000LL + t.tv_nsec;
}

static const struct { const char *name; int (*run)(int, char **); int least; const char *usage; } parts[] = {
  {"serve", serve, 2, "FILE PORT...: answers datagrams, and notes in FILE what it heard from whom on which port"},
  {"udp", probe_udp, 5, "COUNT EVERY_MS WAIT_MS WORD HOST:PORT...: sends datagrams; prints host port sent answered fastest slowest median (microseconds)"},
  {"tcp", probe_tcp, 2, "LIMIT_MS HOST:PORT...: prints host port open|refused|silent"},
  {"netem", netem, 6, "QUEUE DELAY_MS JITTER_MS LOSS REORDER SEED: holds, drops, reorders what comes into a netfilter queue; shares are 0..1"},
  {"copy", copy, 2, "FROM TO: copies a file, keeping its holes; exit 3 if it changed meanwhile"},
  {"freeze", freeze, 1, "FOLDER: stops all writes to its file system"},
  {"thaw", thaw, 1, "FOLDER: lets them go on; no error if it was not frozen"},
  {"harm", harm, 3, "flip|truncate SEED FILE...: damages one of the files in the middle of what it holds; exit 4 if none holds enough"},
  {"skew", set_skew, 5, "FILE OFFSET_NS RATE_PPM STROBE_NS PERIOD_NS: how far wall clocks are off from now on"},
};

int main(int argc, char **argv) {
  for (unsigned i = 0; argc > 1 && i < sizeof parts / sizeof *parts; i++)
    if (!strcmp(argv[1], parts[i].name) && argc - 2 >= parts[i].least) return parts[i].run(argc - 2, argv + 2);
  for (unsigned i = 0; i < sizeof parts / sizeof *parts; i++) fprintf(stderr, "engram-faults %s %s\n", parts[i].name, parts[i].usage);
  return 64;
}
