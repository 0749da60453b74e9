#!/usr/bin/env bash
# Makes the image that faults are injected into: make-faults.sh [TAG [NODE_IMAGE]]. Does nothing if it is current.
#   PREBUILT=1  compile the tools here (cc) instead of in a container, for a machine whose containers reach no registry
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
tag=${1:-${ENGRAM_FAULTS_IMAGE:-engram-faults:local}} node=${2:-${ENGRAM_IMAGE:-engram:local}}
base=$(docker image inspect -f '{{.Id}}' "$node" 2>/dev/null) || { echo "make-faults: there is no image $node; build it first" >&2; exit 1; }
key=$({ echo "$base ${PREBUILT:-}"; cat "$here"/Dockerfile.faults "$here"/faults.sh "$here"/make-faults.sh "$here"/native/*; } | sha256sum | cut -c1-16)
if [ "$(docker image inspect -f '{{index .Config.Labels "faults.key"}}' "$tag" 2>/dev/null || true)" = "$key" ]; then echo "image $tag is current ($key)"; exit 0; fi
context=$(mktemp -d); trap 'rm -rf "$context"' EXIT
cp -r "$here/native" "$here/faults.sh" "$context/"; mkdir "$context/out"
build=${FAULTS_BUILD_IMAGE:-debian:bookworm}
if [ -n "${PREBUILT:-}" ]; then build=$node; "$here/native/build.sh" "$context/out"; fi
docker build -q -f "$here/Dockerfile.faults" --build-arg NODE_IMAGE="$node" --build-arg BUILD_IMAGE="$build" --label faults.key="$key" -t "$tag" "$context"
