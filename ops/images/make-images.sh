#!/usr/bin/env bash
# Makes the images of what was built here, without a registry: make-images.sh [TAG]: engram:TAG and, with what breaks it, engram-faults:TAG.
# Does little if they are current. Needs docker, ./engram build, and a C compiler (install-docker.sh brings what is missing).
set -euo pipefail
root=$(cd "$(dirname "$0")/../.." && pwd); cd "$root"
tag=${1:-local} base=engram/jre-base:25
export DOCKER_BUILDKIT=0 PREBUILT=1
ops/images/make-base.sh $base
docker build -q -f ops/images/Dockerfile --build-arg BASE_IMAGE=$base --build-arg BUILD_IMAGE=$base --build-arg PREBUILT=1 -t "engram:$tag" .
ops/images/make-faults.sh "engram-faults:$tag" "engram:$tag"
