#!/usr/bin/env bash
# With a Docker engine: image, compose file, a partition, a restart. Stops and removes what it started.
set -euo pipefail
root=$(cd "$(dirname "$0")/.." && pwd); cd "$root"
export ENGRAM_IMAGE=engram:test BASE_IMAGE=engram/jre-base:25 BUILD_IMAGE=engram/jre-base:25 PREBUILT=1 COMPOSE_PROJECT_NAME=engram-test ENGRAM_NO_BUILD=1
export JAVA_HOME=${ENGRAM_JDK:?run this through ./engram test}
# What 20.10 engines and old compose understand.
export DOCKER_BUILDKIT=0 COMPOSE_DOCKER_CLI_BUILD=0
v2() { docker compose version >/dev/null 2>&1; }
compose() { if v2; then docker compose "$@"; else docker-compose "$@"; fi; }
say() { echo "== containers: $*"; }
WRONG=90
until_ok() { # SECONDS COMMAND...: until it succeeds; not again after what is wrong for good
  local end=$((SECONDS + $1)); shift
  local said
  until said=$("$@" 2>&1); do [ $? != $WRONG ] && [ $SECONDS -lt $end ] || { echo "$said" >&2; return 1; }; sleep 0.5; done
}
finish() {
  code=$?
  [ $code = 0 ] || { compose ps; compose logs --tail=60; } || true
  compose down -v --timeout 10 >/dev/null 2>&1 || true
  exit $code
}
trap finish EXIT

say "base image"; ops/images/make-base.sh engram/jre-base:25
compose down -v >/dev/null 2>&1 || true
ready() { for n in n1 n2 n3; do [ "$(docker inspect -f '{{.State.Health.Status}}' "$(compose ps -q $n)")" = healthy ] || return 1; done; }
all=127.0.0.1:7500,127.0.0.1:7510,127.0.0.1:7520
e() { ./engram "$@" --endpoints "$all"; }
members() { [ "$(./engram status --endpoints "$all" --output json | grep -o '"reachable" *: *true' | wc -l)" = "$1" ]; }

if v2 && docker-compose --version 2>/dev/null | grep -q ' 1\.'; then
  # The file must go on being read by both. 1.29 cannot wait by itself.
  say "three nodes, by $(docker-compose --version)"
  v2() { false; }
  said=$(compose up --build -d 2>&1) || { echo "$said"; exit 1; }
  until_ok 180 ready || { say "nodes did not become healthy"; exit 1; }
  until_ok 60 members 3 || { say "status does not show three members"; exit 1; }
  compose down -v >/dev/null 2>&1
  v2() { true; }
fi
# As a user does it.
say "image and three nodes, by $(compose version --short)"
if v2; then compose up --build --wait; else compose up --build -d >/dev/null; fi
until_ok 180 ready || { say "nodes did not become healthy"; exit 1; }
until_ok 60 members 3 || { say "status does not show three members"; exit 1; }
# Asked again with the same key, it is the same request: a slow machine may need longer than one call may take.
until_ok 60 e space create field-notes --dimension 3 --idempotency-key containers-1
until_ok 60 e put field-notes first --idempotency-key containers-2 --vector 1,0,0 --text "the heron stood in the reeds"
# Nodes that are ready may still be about to elect, so a refusal is asked again. An answer is not: what was acknowledged is in it.
shows() { # TEXT COMMAND...
  local text=$1 said code=0; shift
  said=$("$@" --output json 2>&1) || code=$?
  echo "$said"
  case $code in
    0|3) grep -q "$text" <<<"$said" || { echo "a wrong answer to: $*"; return $WRONG; } ;; # 3: not found
    *) return 1 ;;
  esac
}
until_ok 60 shows 'the heron stood' e get field-notes first

say "partition: n3 alone"
victim=$(compose ps -q n3); network=engram-test_mesh
docker network disconnect "$network" "$victim"
until_ok 90 ./engram put field-notes second --vector 0,1,0 --text "written while n3 was cut off" --endpoints 127.0.0.1:7500,127.0.0.1:7510
docker network connect --ip 10.77.50.13 "$network" "$victim"
until_ok 90 members 3 || { say "n3 did not come back"; exit 1; }
until_ok 90 shows 'written while' ./engram get field-notes second --endpoints 127.0.0.1:7520 || { say "n3 does not serve what was written meanwhile"; exit 1; }

say "kill -9 of all three, and restart"
docker kill -s KILL "$(compose ps -q n1)" "$(compose ps -q n2)" "$(compose ps -q n3)" >/dev/null
compose up -d --no-build
until_ok 180 ready || { say "nodes did not become healthy again"; exit 1; }
until_ok 60 shows 'the heron stood' e get field-notes first
until_ok 60 shows 'written while' e get field-notes second
until_ok 60 shows '"first"' e recall field-notes --vector 1,0,0 -k 1
say "all held"
