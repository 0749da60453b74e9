#!/usr/bin/env bash
# Breaks a cluster in containers in every way there is, and sees that it broke and was mended. Needs a Docker engine and a build.
set -euo pipefail
root=$(cd "$(dirname "$0")/.." && pwd); cd "$root"
export JAVA_HOME=${ENGRAM_JDK:?run this through ./engram test} ENGRAM_FAULTS_IMAGE=engram-faults:test
ops/images/make-images.sh test
# -o: everything was fetched by the build before.
mvn -B -o -Dlax -pl client,jepsen test -Dgroups=containers -DexcludedGroups=none -Dsurefire.failIfNoSpecifiedTests=false "$@" \
  | grep -E --line-buffered 'Tests run:|FAILURE|BUILD|^.ERROR|injected in|NO DOCKER'
