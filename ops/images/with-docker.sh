#!/usr/bin/env bash
# Runs COMMAND with a Docker engine: the one that runs, or one started for it (as root) and stopped afterwards.
# Exit 75: no engine can be had here (1 with REQUIRE_DOCKER=1).
set -uo pipefail
work=${ENGRAM_DOCKER_DIR:-${TMPDIR:-/tmp}/engram-docker}; mkdir -p "$work"; started=
without() {
  echo "with-docker: ######## NO DOCKER: $*: the container tests DID NOT RUN ########" >&2
  [ -f "$work/dockerd.log" ] && tail -5 "$work/dockerd.log" >&2
  [ "${REQUIRE_DOCKER:-0}" = 1 ] && exit 1
  exit 75
}
stop() {
  [ -n "$started" ] || return 0
  kill "$started" 2>/dev/null; wait "$started" 2>/dev/null
}
trap stop EXIT
if ! docker info >/dev/null 2>&1; then
  command -v dockerd >/dev/null || without "no dockerd"
  [ "$(id -u)" = 0 ] || without "dockerd is not running, and only root can start it"
  dockerd --pidfile "$work/pid" --data-root "${DOCKER_DATA_ROOT:-/var/lib/docker}" >"$work/dockerd.log" 2>&1 & started=$!
  end=$((SECONDS + 120))
  while [ $SECONDS -lt $end ]; do
    docker info >/dev/null 2>&1 && break
    kill -0 "$started" 2>/dev/null || { started=; without "dockerd ended at once"; }
    sleep 0.1
  done
  docker info >/dev/null 2>&1 || without "dockerd was not up within 120 s"
fi
"$@"
