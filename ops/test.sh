#!/usr/bin/env bash
# Everything that must be green: test.sh [--fast | --faults]. Fast tests first, then processes, then containers.
#   --fast     no processes, no containers
#   --faults   besides, every fault there is in containers, seen to bite and to be healed: three minutes more on a quiet machine
# REQUIRE_DOCKER=1 makes a missing Docker engine a failure; otherwise its tests count as skipped, loudly. REQUIRE_BROWSER=1: the same for Chromium.
set -uo pipefail
root=$(cd "$(dirname "$0")/.." && pwd); cd "$root"
fast= faults=; case ${1:-} in
  --fast) fast=1 ;;
  --faults) faults=1 ;;
  -h|--help) sed -n '2,5s/^# //p' "$0"; exit 0 ;;
  "") ;;
  *) echo "engram test: knows --fast and --faults, not '$1'" >&2; exit 2 ;;
esac
failed=0 skipped=0 passed=0
say() { echo "== $*"; }

# Adds up one surefire report folder's XML files.
count() {
  local f line t e s
  for f in "$@"; do
    [ -f "$f" ] || continue
    line=$(grep -m1 '<testsuite ' -A8 "$f" | tr '\n' ' ')
    t=$(sed -n 's/.* tests="\([0-9]*\)".*/\1/p' <<<"$line"); s=$(sed -n 's/.* skipped="\([0-9]*\)".*/\1/p' <<<"$line")
    e=$(( $(sed -n 's/.* errors="\([0-9]*\)".*/\1/p' <<<"$line") + $(sed -n 's/.* failures="\([0-9]*\)".*/\1/p' <<<"$line") ))
    passed=$((passed + t - e - s)); failed=$((failed + e)); skipped=$((skipped + s))
  done
}
# The reports of red tests, shortened: the one place where their causes stand.
why_red() {
  local f
  for f in "$@"; do
    [ -f "$f" ] && grep -qE '<<< (FAILURE|ERROR)!' "$f" || continue
    say "red: $f"; cut -c1-400 "$f" | head -n 60
  done
}
step() { # NAME COMMAND...: a check that is one pass or one failure
  say "$1"; shift
  "$@"
  case $? in
    0) passed=$((passed + 1)) ;;
    75) skipped=$((skipped + 1)) ;;
    *) failed=$((failed + 1)); echo "== FAILED: $*" ;;
  esac
}

command -v mvn >/dev/null || { echo "engram test: needs Maven 3.8 or later on the PATH" >&2; exit 69; }
find . -path '*/target/surefire-reports/*' \( -name '*.xml' -o -name '*.txt' \) -delete

step "protocol lint" ops/lint-protocol.sh

# All modules first: what does not compile is told within two minutes, not after half an hour of tests.
say "build"
mvn -B -DskipTests package 2>&1 | grep -E --line-buffered 'Reactor Summary|SUCCESS|FAILURE|BUILD|^.ERROR' ; built=${PIPESTATUS[0]}
[ "$built" = 0 ] || { echo "== FAILED: the build"; echo "$passed passed, $((failed + 1)) failed, $skipped skipped"; exit 1; }

# A red test does not keep the other modules and steps from being seen: what is red is counted from the reports. A JVM that died fails
# the build.
say "tests (${fast:+fast only}${fast:-all})"
mvn -B -Dmaven.test.failure.ignore ${fast:+-DexcludedGroups=system,containers} package 2>&1 | grep -E --line-buffered 'Tests run:|Reactor Summary|SUCCESS|FAILURE|BUILD|^.ERROR|Seed|seed=|seeds|writes paused|SKIPPED' ; built=${PIPESTATUS[0]}
count {,jepsen/}*/target/surefire-reports/*.xml
why_red {,jepsen/}*/target/surefire-reports/*.txt
[ "$built" = 0 ] || { failed=$((failed + 1)); echo "== FAILED: the build, or a JVM of the tests"; }

if [ -z "$fast" ] && [ "$built" = 0 ]; then
  date +%s > bench/target/.engram-built
  step "demo" env ENGRAM_NO_BUILD=1 ./engram demo --limit 300
  step "bench, a glance" env ENGRAM_NO_BUILD=1 ./engram bench --suite put,get --nodes 1 --rounds 1 --seconds 1 --warm-up 3
  step "launcher" ops/test-launcher.sh
  step "containers" ops/images/with-docker.sh ops/test-containers.sh
  step "runs of the harness" ops/images/with-docker.sh ops/test-jepsen.sh
  step "known-bad controls" ops/test-controls.sh
  [ -z "$faults" ] || step "faults, in containers" ops/images/with-docker.sh ops/test-faults.sh
fi

echo "$passed passed, $failed failed, $skipped skipped"
[ "$failed" = 0 ]
