#!/usr/bin/env bash
# Breaks a cluster in containers in every way there is, and sees that it broke and was mended. Needs a Docker engine and a build.
# One cluster serves all tests; a test that failed costs the next a new one. TAG names the images, arguments go to Maven (-Dtest='FaultsTest#a_clock*').
set -euo pipefail
root=$(cd "$(dirname "$0")/.." && pwd); cd "$root"
tag=${TAG:-test}
export JAVA_HOME=${ENGRAM_JDK:?run this through ./engram test} ENGRAM_FAULTS_IMAGE=engram-faults:$tag
ops/images/make-images.sh "$tag"
# -o: everything was fetched by the build before.
mvn -B -o -Dlax -pl client,jepsen test -Dgroups=containers -DexcludedGroups=none -Dsurefire.failIfNoSpecifiedTests=false "$@" \
  | grep -E --line-buffered 'Tests run:|FAILURE|BUILD|^.ERROR|cluster ready|injected in|NO DOCKER'
echo "== faults: all seen to bite and to be healed, ${SECONDS} s"
