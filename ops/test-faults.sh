#!/usr/bin/env bash
# Breaks a cluster in containers in every way there is, and sees that it broke and was mended. Needs a Docker engine and a build.
set -euo pipefail
root=$(cd "$(dirname "$0")/.." && pwd); cd "$root"
export BASE_IMAGE=engram/jre-base:25 DOCKER_BUILDKIT=0 JAVA_HOME=${ENGRAM_JDK:?run this through ./engram test}
export ENGRAM_FAULTS_IMAGE=engram-faults:test
ops/images/make-base.sh "$BASE_IMAGE"
docker build -q -f ops/images/Dockerfile --build-arg BASE_IMAGE="$BASE_IMAGE" --build-arg BUILD_IMAGE="$BASE_IMAGE" --build-arg PREBUILT=1 -t engram:test .
PREBUILT=1 ops/images/make-faults.sh "$ENGRAM_FAULTS_IMAGE" engram:test
# With -o the run needs nothing that the build has not fetched.
mvn -B -o -Dlax -pl client,jepsen test -Dgroups=containers -DexcludedGroups=none -Dsurefire.failIfNoSpecifiedTests=false "$@" \
  | grep -E --line-buffered 'Tests run:|FAILURE|BUILD|^.ERROR|injected in|NO DOCKER'
