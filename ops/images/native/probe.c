/* Datagrams and connection attempts between nodes: who hears whom, on which port, how fast. */
#define _GNU_SOURCE
#include "tool.h"
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define MAX_SOCKETS 64
#define WORD 48

/* What a probe sends; an answer is the same datagram back. */
struct datagram { char word[WORD]; int number; long long sent_ns; };

static int address(const char *text, struct sockaddr_in *to) {
  char host[64];
  const char *colon = strrchr(text, ':');
  if (!colon || (size_t) (colon - text) >= sizeof host) return -1;
  memcpy(host, text, colon - text);
  host[colon - text] = 0;
  memset(to, 0, sizeof *to);
  to->sin_family = AF_INET;
  to->sin_port = htons(atoi(colon + 1));
  return inet_pton(AF_INET, host, &to->sin_addr) == 1 && atoi(colon + 1) > 0 ? 0 : -1;
}

int serve(int argc, char **argv) {
  struct pollfd fds[MAX_SOCKETS];
  int ports[MAX_SOCKETS], count = argc - 1;
  if (count > MAX_SOCKETS) { fprintf(stderr, "at most %d ports\n", MAX_SOCKETS); return 64; }
  for (int i = 0; i < count; i++) {
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_port = htons(ports[i] = atoi(argv[i + 1])), .sin_addr = {INADDR_ANY}};
    fds[i].fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    fds[i].events = POLLIN;
    if (bind(fds[i].fd, (struct sockaddr *) &at, sizeof at)) { perror(argv[i + 1]); return 1; }
  }
  for (;;) {
    if (poll(fds, count, -1) < 0 && errno != EINTR) { perror("poll"); return 1; }
    for (int i = 0; i < count; i++) {
      struct datagram d;
      struct sockaddr_in from;
      socklen_t size = sizeof from;
      if (!(fds[i].revents & POLLIN) || recvfrom(fds[i].fd, &d, sizeof d, MSG_DONTWAIT, (struct sockaddr *) &from, &size) != sizeof d) continue;
      d.word[WORD - 1] = 0;
      /* Opened each time: whoever reads the file may truncate or remove it. */
      int out = open(argv[0], O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
      if (out >= 0) {
        dprintf(out, "%s %s %d\n", d.word, inet_ntoa(from.sin_addr), ports[i]);
        close(out);
      }
      sendto(fds[i].fd, &d, sizeof d, MSG_DONTWAIT, (struct sockaddr *) &from, size);
    }
  }
}

static int by_size(const void *a, const void *b) {
  long long x = *(const long long *) a, y = *(const long long *) b;
  return (x > y) - (x < y);
}

int probe_udp(int argc, char **argv) {
  int count = atoi(argv[0]), every = atoi(argv[1]), wait = atoi(argv[2]), targets = argc - 4;
  struct sockaddr_in to[MAX_SOCKETS];
  struct pollfd fds[MAX_SOCKETS];
  int answered[MAX_SOCKETS] = {0};
  if (count < 1 || count > 100000) { fprintf(stderr, "COUNT must be 1..100000\n"); return 64; }
  if (targets > MAX_SOCKETS) { fprintf(stderr, "at most %d targets\n", MAX_SOCKETS); return 64; }
  for (int i = 0; i < targets; i++) {
    if (address(argv[4 + i], &to[i])) { fprintf(stderr, "not HOST:PORT: %s\n", argv[4 + i]); return 64; }
    fds[i].fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    fds[i].events = POLLIN;
    if (connect(fds[i].fd, (struct sockaddr *) &to[i], sizeof to[i])) { perror(argv[4 + i]); return 1; }
  }
  long long *took = calloc((size_t) count * (targets > 0 ? targets : 1), sizeof *took);
  if (!took) { perror("took"); return 1; }
  long long start = monotonic_ns(), end = start + ((long long) (count - 1) * every + wait) * 1000000LL;
  for (int sent = 0;;) {
    long long now = monotonic_ns(), due = sent < count ? start + (long long) sent * every * 1000000LL : end;
    if (now >= due) {
      if (sent == count) break;
      for (int i = 0; i < targets; i++) {
        struct datagram d = {.number = sent, .sent_ns = monotonic_ns()};
        strncpy(d.word, argv[3], WORD - 1);
        send(fds[i].fd, &d, sizeof d, MSG_DONTWAIT);
      }
      sent++;
      continue;
    }
    int ms = (int) ((due - now + 999999) / 1000000);
    if (poll(fds, targets, ms) < 1) continue;
    for (int i = 0; i < targets; i++) {
      struct datagram d;
      if (!fds[i].revents || recv(fds[i].fd, &d, sizeof d, MSG_DONTWAIT) != sizeof d) continue;
      if (answered[i] < count) took[(size_t) i * count + answered[i]++] = monotonic_ns() - d.sent_ns;
    }
  }
  for (int i = 0; i < targets; i++) {
    long long *of = took + (size_t) i * count;
    int n = answered[i];
    qsort(of, n, sizeof *of, by_size);
    printf("%s %d %d %d %lld %lld %lld\n", inet_ntoa(to[i].sin_addr), ntohs(to[i].sin_port), count, n, n ? of[0] / 1000 : 0, n ? of[n - 1] / 1000 : 0, n ? of[n / 2] / 1000 : 0);
  }
  free(took);
  return 0;
}

int probe_tcp(int argc, char **argv) {
  int targets = argc - 1, open_ones = 0;
  struct sockaddr_in to[MAX_SOCKETS];
  struct pollfd fds[MAX_SOCKETS];
  const char *said[MAX_SOCKETS];
  if (targets > MAX_SOCKETS) { fprintf(stderr, "at most %d targets\n", MAX_SOCKETS); return 64; }
  for (int i = 0; i < targets; i++) {
    if (address(argv[1 + i], &to[i])) { fprintf(stderr, "not HOST:PORT: %s\n", argv[1 + i]); return 64; }
    fds[i].fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    fds[i].events = POLLOUT;
    said[i] = "silent";
    if (connect(fds[i].fd, (struct sockaddr *) &to[i], sizeof to[i]) == 0) said[i] = "open";
    else if (errno != EINPROGRESS) said[i] = "refused";
    if (said[i][0] == 's') open_ones++; else fds[i].fd = -1;
  }
  long long end = monotonic_ns() + atoi(argv[0]) * 1000000LL;
  while (open_ones) {
    long long left = end - monotonic_ns();
    if (left <= 0 || poll(fds, targets, (int) (left / 1000000) + 1) < 0) break;
    for (int i = 0; i < targets; i++) {
      if (fds[i].fd < 0 || !fds[i].revents) continue;
      int error = 0;
      socklen_t size = sizeof error;
      getsockopt(fds[i].fd, SOL_SOCKET, SO_ERROR, &error, &size);
      said[i] = !error ? "open" : error == ECONNREFUSED || error == ECONNRESET ? "refused" : "silent";
      close(fds[i].fd);
      fds[i].fd = -1;
      open_ones--;
    }
  }
  for (int i = 0; i < targets; i++) printf("%s %d %s\n", inet_ntoa(to[i].sin_addr), ntohs(to[i].sin_port), said[i]);
  return 0;
}
