/* Copies of disk images, and file systems that stand still. */
#define _GNU_SOURCE
#include "tool.h"
#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

static int failed(const char *what) {
  perror(what);
  return 1;
}

int copy(int argc, char **argv) {
  (void) argc;
  static char block[1 << 20];
  struct stat before, after;
  int in = open(argv[0], O_RDONLY | O_CLOEXEC), out = open(argv[1], O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  if (in < 0) return failed(argv[0]);
  if (out < 0 || fstat(in, &before) || ftruncate(out, before.st_size)) return failed(argv[1]);
  for (off_t at = 0;;) {
    at = lseek(in, at, SEEK_DATA);
    if (at < 0 && errno == ENXIO) break; /* only a hole is left */
    off_t hole = at < 0 ? at : lseek(in, at, SEEK_HOLE);
    if (hole < 0) return failed(argv[0]);
    while (at < hole) {
      size_t want = (size_t) (hole - at) < sizeof block ? (size_t) (hole - at) : sizeof block;
      ssize_t got = pread(in, block, want, at);
      if (got <= 0) return failed(argv[0]);
      if (pwrite(out, block, got, at) != got) return failed(argv[1]);
      at += got;
    }
  }
  if (fstat(in, &after)) return failed(argv[0]);
  if (before.st_mtim.tv_sec == after.st_mtim.tv_sec && before.st_mtim.tv_nsec == after.st_mtim.tv_nsec) return 0;
  fprintf(stderr, "%s changed while it was copied\n", argv[0]);
  return 3;
}

static int control(const char *folder, unsigned long request, int harmless) {
  int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0) return failed(folder);
  return ioctl(fd, request, 0) && errno != harmless ? failed(folder) : 0;
}

int freeze(int argc, char **argv) {
  (void) argc;
  return control(argv[0], FIFREEZE, EBUSY); /* frozen already */
}

int thaw(int argc, char **argv) {
  (void) argc;
  return control(argv[0], FITHAW, EINVAL); /* was not frozen */
}
