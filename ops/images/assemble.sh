#!/bin/sh
# Lays out an installation: assemble.sh TARGET. Builds first unless the jars are there already.
set -eu
target=$1
if ! ls node/target/engram-node-*.jar >/dev/null 2>&1 || [ ! -d node/target/lib ]; then
  mvn -q -B -DskipTests -pl node -am package
fi
mkdir -p "$target/lib"
cp node/target/lib/*.jar node/target/engram-node-*.jar "$target/lib/"
cp ops/jvm.options ops/images/ready.sh "$target/"
