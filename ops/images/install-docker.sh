#!/usr/bin/env bash
# Installs a Docker engine, compose and the fault tools on a bare Debian machine (root). Does nothing where they are.
set -euo pipefail
missing=()
command -v dockerd >/dev/null || docker info >/dev/null 2>&1 || missing+=(docker.io)
command -v docker-compose >/dev/null || docker compose version >/dev/null 2>&1 || missing+=(docker-compose)
command -v iptables >/dev/null || missing+=(iptables)
command -v ip >/dev/null || missing+=(iproute2)
command -v mke2fs >/dev/null || missing+=(e2fsprogs)
{ command -v cc >/dev/null && [ -e /usr/include/stdio.h ]; } || missing+=(gcc libc6-dev)
[ -x /bin/busybox ] || [ -x /usr/bin/busybox ] || missing+=(busybox-static)
if [ ${#missing[@]} != 0 ]; then
  [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null || { echo "install-docker: missing ${missing[*]}, and not root on Debian" >&2; exit 1; }
  echo "install-docker: installing ${missing[*]}" >&2
  apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
fi
"$(dirname "$0")/install-compose.sh" || echo "install-docker: Compose v2 cannot be had; 1.29 it is" >&2
