/* wall SAMPLES EVERY_MS: how far the wall clock that this process is told of is off the kernel's, in microseconds, one line
   each. With libskew.so preloaded it sees what a node with the same library sees. Linked dynamically for that reason. */
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

int main(int argc, char **argv) {
  int samples = argc > 1 ? atoi(argv[1]) : 1, every = argc > 2 ? atoi(argv[2]) : 0;
  for (int i = 0; i < samples; i++) {
    struct timespec told, kernel;
    if (i) usleep(every * 1000);
    syscall(SYS_clock_gettime, CLOCK_REALTIME, &kernel);
    clock_gettime(CLOCK_REALTIME, &told);
    printf("%lld\n", (told.tv_sec - kernel.tv_sec) * 1000000LL + (told.tv_nsec - kernel.tv_nsec) / 1000);
  }
  return 0;
}
