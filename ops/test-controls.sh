#!/usr/bin/env bash
# Systems that are known to be bad, most of them in containers: the harness must find every one; and what is not wrong must be valid in the
# same place, of which one is tried (`--baseline all`: of each, five minutes more). Needs a build; where no Docker engine can be had, the
# controls in containers are skipped, loudly (REQUIRE_DOCKER=1: a failure). TAG names the images.
set -euo pipefail
root=$(cd "$(dirname "$0")/.." && pwd); cd "$root"
if [ -z "${WITHIN_DOCKER:-}" ]; then
  code=0; WITHIN_DOCKER=1 ops/images/with-docker.sh "$0" "$@" || code=$?
  # 75: no engine. What runs as processes is tested all the same.
  [ $code = 75 ] || exit $code
fi
tag=${TAG:-test}
export JAVA_HOME=${ENGRAM_JDK:?run this through ./engram test} ENGRAM_FAULTS_IMAGE=engram-faults:$tag ENGRAM_NO_BUILD=1
[ -z "${WITHIN_DOCKER:-}" ] || ops/images/make-images.sh "$tag"
[ $# -gt 0 ] || set -- --baseline skip-version-check
./engram jepsen self-test "$@"
