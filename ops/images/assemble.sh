#!/bin/sh
# Lays out an installation: assemble.sh TARGET. Builds first, unless PREBUILT says that the jars are there.
set -eu
target=$1
if [ -z "${PREBUILT:-}" ]; then
  rm -rf node/target
  mvn -q -B -Dlax -Dmaven.test.skip=true -pl node -am package
elif ! ls node/target/engram-node-*.jar >/dev/null 2>&1; then
  echo "assemble: PREBUILT is set and node/target has no jars: run ./engram build first" >&2
  exit 1
fi
mkdir -p "$target/lib"
cp node/target/lib/*.jar node/target/engram-node-*.jar "$target/lib/"
cp ops/jvm.options ops/images/ready.sh "$target/"
