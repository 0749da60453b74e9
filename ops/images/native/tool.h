/* The parts of engram-faults, one file each. */
#pragma once

int serve(int argc, char **argv);
int probe_udp(int argc, char **argv);
int probe_tcp(int argc, char **argv);
int netem(int argc, char **argv);
int copy(int argc, char **argv);
int freeze(int argc, char **argv);
int thaw(int argc, char **argv);
int harm(int argc, char **argv);
int set_skew(int argc, char **argv);

long long monotonic_ns(void);
