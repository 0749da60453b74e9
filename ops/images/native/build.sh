#!/bin/sh
# Compiles what the fault image brings: build.sh TARGET. Needs a C compiler and the kernel's headers, nothing else.
set -eu
here=$(cd "$(dirname "$0")" && pwd); target=$1; mkdir -p "$target"
strict="-O2 -Wall -Wextra -Werror -Wno-address-of-packed-member"
# shellcheck disable=SC2086 -- a list of options
${CC:-cc} $strict -static -o "$target/engram-faults" "$here/tool.c" "$here/probe.c" "$here/netem.c" "$here/disk.c" "$here/harm.c"
# shellcheck disable=SC2086
${CC:-cc} $strict -shared -fPIC -o "$target/libskew.so" "$here/skew.c" -ldl
# shellcheck disable=SC2086
${CC:-cc} $strict -o "$target/wall" "$here/wall.c"
