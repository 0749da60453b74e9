/* Damage to files, and the file that libskew.so reads. */
#define _GNU_SOURCE
#include "tool.h"
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define BLOCK 65536
/* Below this there is a header and hardly anything else. */
#define LEAST 64

static uint64_t state;

static uint64_t draw(uint64_t below) { /* splitmix64 */
  uint64_t z = (state += 0x9e3779b97f4a7c15ULL);
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ULL;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebULL;
  return (z ^ (z >> 31)) % below;
}

/* Up to its last byte that is not zero: files are made larger in advance. */
static long long content(int fd) {
  static unsigned char block[BLOCK];
  struct stat s;
  if (fstat(fd, &s)) return -1;
  for (long long end = s.st_size; end > 0;) {
    long long from = end > BLOCK ? end - BLOCK : 0;
    ssize_t got = pread(fd, block, end - from, from);
    if (got != end - from) return -1;
    while (got > 0 && !block[got - 1]) got--;
    if (got) return from + got;
    end = from;
  }
  return 0;
}

int harm(int argc, char **argv) {
  int flip = !strcmp(argv[0], "flip"), chosen = -1, worth = 0;
  long long length = 0;
  if (!flip && strcmp(argv[0], "truncate")) { fprintf(stderr, "not flip or truncate: %s\n", argv[0]); return 64; }
  state = strtoull(argv[1], 0, 10);
  for (int i = 2; i < argc; i++) {
    int fd = open(argv[i], O_RDONLY | O_CLOEXEC);
    if (fd < 0) continue;
    long long found = content(fd);
    close(fd);
    /* Each that is worth it with the same chance. */
    if (found >= LEAST && draw(++worth) == 0) { chosen = i; length = found; }
  }
  if (chosen < 0) { fprintf(stderr, "none of %d files has content to damage\n", argc - 2); return 4; }
  int fd = open(argv[chosen], O_RDWR | O_CLOEXEC);
  long long at = length / 4 + (long long) draw(length / 2);
  if (fd < 0) { perror(argv[chosen]); return 1; }
  if (flip) {
    unsigned char was, is;
    if (pread(fd, &was, 1, at) != 1) { perror(argv[chosen]); return 1; }
    is = was ^ (1u << draw(8));
    if (pwrite(fd, &is, 1, at) != 1 || fsync(fd)) { perror(argv[chosen]); return 1; }
    printf("%s\nbyte %lld of %lld: %02x is %02x now\n", argv[chosen], at, length, was, is);
  } else {
    if (ftruncate(fd, at) || fsync(fd)) { perror(argv[chosen]); return 1; }
    printf("%s\ncut to %lld of %lld bytes\n", argv[chosen], at, length);
  }
  return 0;
}

int set_skew(int argc, char **argv) {
  (void) argc;
  char name[256];
  snprintf(name, sizeof name, "%s.new", argv[0]);
  FILE *out = fopen(name, "w");
  if (!out) { perror(name); return 1; }
  fprintf(out, "%s %s %lld %s %s\n", argv[1], argv[2], monotonic_ns(), argv[3], argv[4]);
  /* In one step: nobody reads half of it. */
  if (fclose(out) || rename(name, argv[0])) { perror(argv[0]); return 1; }
  return 0;
}
