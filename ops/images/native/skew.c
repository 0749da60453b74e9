/* Preloaded into a node: moves its wall clock and nothing else. Monotonic time and timed waits stay real, so a node that
   orders things by its wall clock is caught, and one that does not goes on as before.
   SKEW_FILE holds "OFFSET_NS RATE_PPM SINCE_NS STROBE_NS PERIOD_NS", read at most every 20 ms:
     OFFSET_NS  added always
     RATE_PPM   gained per second since the monotonic time SINCE_NS, so that all processes agree and a restart changes nothing
     STROBE_NS  added during every other PERIOD_NS
   gcc -shared -fPIC -O2 -o libskew.so skew.c -ldl */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#define REREAD_NS 20000000LL

typedef int (*clock_fn)(clockid_t, struct timespec *);

static volatile long long offset_ns, rate_ppm, since_ns, strobe_ns, period_ns, next_read;

static int real(clockid_t clock, struct timespec *t) {
  static clock_fn fn;
  if (!fn) fn = (clock_fn) dlsym(RTLD_NEXT, "clock_gettime");
  return fn(clock, t);
}

static void reread(void) {
  const char *name = getenv("SKEW_FILE");
  long long v[5] = {0};
  char text[160];
  int fd = open(name ? name : "/run/engram/skew", O_RDONLY | O_CLOEXEC);
  if (fd >= 0) {
    ssize_t n = read(fd, text, sizeof text - 1);
    close(fd);
    if (n > 0) {
      char *at = text;
      text[n] = 0;
      for (int i = 0; i < 5; i++) v[i] = strtoll(at, &at, 10);
    }
  }
  offset_ns = v[0]; rate_ppm = v[1]; since_ns = v[2]; strobe_ns = v[3]; period_ns = v[4];
}

static long long skew(void) {
  struct timespec m;
  real(CLOCK_MONOTONIC, &m);
  long long now = m.tv_sec * 1000000000LL + m.tv_nsec, due = next_read;
  if (now >= due && __sync_bool_compare_and_swap(&next_read, due, now + REREAD_NS)) reread();
  long long by = offset_ns;
  if (rate_ppm) by += (now - since_ns) / 1000000 * rate_ppm;
  if (period_ns > 0 && (now / period_ns) % 2) by += strobe_ns;
  return by;
}

int clock_gettime(clockid_t clock, struct timespec *t) {
  int failed = real(clock, t);
  if (!failed && (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE)) {
    long long v = t->tv_sec * 1000000000LL + t->tv_nsec + skew();
    t->tv_sec = v / 1000000000LL;
    t->tv_nsec = v % 1000000000LL;
  }
  return failed;
}

int gettimeofday(struct timeval *restrict v, void *restrict zone) {
  struct timespec t;
  (void) zone;
  int failed = clock_gettime(CLOCK_REALTIME, &t);
  if (!failed) { v->tv_sec = t.tv_sec; v->tv_usec = t.tv_nsec / 1000; }
  return failed;
}

time_t time(time_t *out) {
  struct timespec t;
  clock_gettime(CLOCK_REALTIME, &t);
  if (out) *out = t.tv_sec;
  return t.tv_sec;
}
