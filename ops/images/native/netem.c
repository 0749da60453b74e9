/* netem in user space, for kernels without sch_netem: packets that an iptables rule sends to a netfilter queue are held,
   dropped or let past others. Speaks nfnetlink itself, so that it needs no library. Prints "up" when it works. */
#define _GNU_SOURCE
#include "tool.h"
#include <arpa/inet.h>
#include <errno.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/netfilter/nfnetlink_queue.h>
#include <linux/netlink.h>
#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define MAX_HELD 65536

/* Packets that wait, earliest due first (a binary heap). The kernel keeps the packets, we their ids. */
static struct held { long long due; uint64_t order; uint32_t id; } heap[MAX_HELD];
static int held;
static uint64_t order, state;
static int netlink, queue;

static double chance(void) { /* xorshift64 */
  state ^= state << 13; state ^= state >> 7; state ^= state << 17;
  return (double) (state >> 11) / 9007199254740992.0;
}

static int before(struct held a, struct held b) { return a.due != b.due ? a.due < b.due : a.order < b.order; }

static void push(struct held p) {
  int i = held++;
  for (; i && before(p, heap[(i - 1) / 2]); i = (i - 1) / 2) heap[i] = heap[(i - 1) / 2];
  heap[i] = p;
}

static struct held pop(void) {
  struct held first = heap[0], last = heap[--held];
  int i = 0;
  for (int child; (child = 2 * i + 1) < held; i = child) {
    if (child + 1 < held && before(heap[child + 1], heap[child])) child++;
    if (!before(heap[child], last)) break;
    heap[i] = heap[child];
  }
  heap[i] = last;
  return first;
}

/* One nfnetlink message of the queue subsystem with one attribute. */
static int tell(int type, int flags, int attribute, const void *value, int size) {
  struct { struct nlmsghdr head; struct nfgenmsg to; struct nlattr attribute; char value[64]; } m;
  memset(&m, 0, sizeof m);
  m.head.nlmsg_len = NLMSG_LENGTH(sizeof m.to) + NLA_HDRLEN + NLA_ALIGN(size);
  m.head.nlmsg_type = (NFNL_SUBSYS_QUEUE << 8) | type;
  m.head.nlmsg_flags = NLM_F_REQUEST | flags;
  m.to.nfgen_family = AF_UNSPEC;
  m.to.version = NFNETLINK_V0;
  m.to.res_id = htons(queue);
  m.attribute.nla_type = attribute;
  m.attribute.nla_len = NLA_HDRLEN + size;
  memcpy(m.value, value, size);
  struct sockaddr_nl kernel = {.nl_family = AF_NETLINK};
  return sendto(netlink, &m, m.head.nlmsg_len, 0, (struct sockaddr *) &kernel, sizeof kernel) < 0 ? -1 : 0;
}

static int configure(int attribute, const void *value, int size) {
  char answer[1024];
  if (tell(NFQNL_MSG_CONFIG, NLM_F_ACK, attribute, value, size)) return -1;
  ssize_t n = recv(netlink, answer, sizeof answer, 0);
  struct nlmsghdr *head = (struct nlmsghdr *) answer;
  if (n < (ssize_t) NLMSG_LENGTH(sizeof(struct nlmsgerr)) || head->nlmsg_type != NLMSG_ERROR) { errno = EPROTO; return -1; }
  errno = -((struct nlmsgerr *) NLMSG_DATA(head))->error;
  return errno ? -1 : 0;
}

static void decide(uint32_t id, uint32_t verdict) {
  struct nfqnl_msg_verdict_hdr v = {htonl(verdict), htonl(id)};
  tell(NFQNL_MSG_VERDICT, 0, NFQA_VERDICT_HDR, &v, sizeof v);
}

/* The id of the packet in a message; -1 if there is none. */
static long long packet(struct nlmsghdr *head) {
  if (head->nlmsg_type != ((NFNL_SUBSYS_QUEUE << 8) | NFQNL_MSG_PACKET)) return -1;
  char *at = (char *) NLMSG_DATA(head) + NLMSG_ALIGN(sizeof(struct nfgenmsg)), *end = (char *) head + head->nlmsg_len;
  while (at + NLA_HDRLEN <= end) {
    struct nlattr *a = (struct nlattr *) at;
    if (a->nla_len < NLA_HDRLEN) break;
    if ((a->nla_type & NLA_TYPE_MASK) == NFQA_PACKET_HDR) return ntohl(((struct nfqnl_msg_packet_hdr *) (at + NLA_HDRLEN))->packet_id);
    at += NLA_ALIGN(a->nla_len);
  }
  return -1;
}

static int start(void) {
  struct sockaddr_nl self = {.nl_family = AF_NETLINK};
  struct nfqnl_msg_config_cmd bind_queue = {.command = NFQNL_CFG_CMD_BIND};
  struct nfqnl_msg_config_params meta = {.copy_range = 0, .copy_mode = NFQNL_COPY_META};
  uint32_t longest = htonl(MAX_HELD);
  int room = 8 << 20;
  netlink = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_NETFILTER);
  if (netlink < 0 || bind(netlink, (struct sockaddr *) &self, sizeof self)) return -1;
  setsockopt(netlink, SOL_SOCKET, SO_RCVBUFFORCE, &room, sizeof room);
  return configure(NFQA_CFG_CMD, &bind_queue, sizeof bind_queue) || configure(NFQA_CFG_PARAMS, &meta, sizeof meta)
      || configure(NFQA_CFG_QUEUE_MAXLEN, &longest, sizeof longest);
}

int netem(int argc, char **argv) {
  (void) argc;
  static char buffer[1 << 16] __attribute__((aligned(8)));
  double delay = atof(argv[1]), jitter = atof(argv[2]), loss = atof(argv[3]), reorder = atof(argv[4]);
  queue = atoi(argv[0]);
  state = strtoull(argv[5], 0, 10) * 2654435761ULL + 88172645463325252ULL;
  if (start()) { perror("nfnetlink queue"); return 1; }
  puts("up");
  fflush(stdout);
  for (;;) {
    struct timespec wait = {3600, 0};
    if (held) {
      long long left = heap[0].due - monotonic_ns();
      if (left < 0) left = 0;
      wait.tv_sec = left / 1000000000;
      wait.tv_nsec = left % 1000000000;
    }
    struct pollfd readable = {netlink, POLLIN, 0};
    if (ppoll(&readable, 1, &wait, 0) > 0) {
      ssize_t n = recv(netlink, buffer, sizeof buffer, MSG_DONTWAIT);
      for (struct nlmsghdr *head = (struct nlmsghdr *) buffer; n > 0 && NLMSG_OK(head, (size_t) n); head = NLMSG_NEXT(head, n)) {
        long long id = packet(head);
        if (id < 0) continue;
        if (chance() < loss || held == MAX_HELD) { decide(id, NF_DROP); continue; }
        long long wait_ns = (long long) ((delay + (chance() * 2 - 1) * jitter) * 1e6);
        if (wait_ns <= 0 || chance() < reorder) { decide(id, NF_ACCEPT); continue; }
        push((struct held) {monotonic_ns() + wait_ns, order++, (uint32_t) id});
      }
    }
    while (held && heap[0].due <= monotonic_ns()) decide(pop().id, NF_ACCEPT);
  }
}
