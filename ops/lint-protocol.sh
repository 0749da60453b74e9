#!/usr/bin/env bash
# Lints all .proto files with buf's standard rules. Google's shared definitions come from the jar that we compile against.
set -euo pipefail
root=$(cd "$(dirname "$0")/.." && pwd)
command -v npx >/dev/null || { echo "lint-protocol: ######## NO npx (Node.js): the protocol was NOT LINTED ########" >&2; [ "${CI:-}" = true ] && exit 1; exit 75; }
version=$(sed -n 's:.*<common-protos.version>\(.*\)</common-protos.version>.*:\1:p' "$root/pom.xml")
jar=$HOME/.m2/repository/com/google/api/grpc/proto-google-common-protos/$version/proto-google-common-protos-$version.jar
[ -f "$jar" ] || (cd "$root" && mvn -q -B dependency:get -Dtransitive=false -Dartifact=com.google.api.grpc:proto-google-common-protos:"$version")
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT
mkdir "$work/google-apis"
(cd "$work/google-apis" && { unzip -q "$jar" 'google/rpc/*.proto' || "${ENGRAM_JDK:?}/bin/jar" xf "$jar" google/rpc; })
cp -r "$root/client/src/main/proto" "$work/client"; cp -r "$root/grid/src/main/proto" "$work/grid"; cp -r "$root/node/src/main/proto" "$work/node"
cat > "$work/buf.yaml" <<'EOF'
version: v2
modules:
  - path: client
  - path: grid
  - path: node
  - path: google-apis
lint:
  use: [STANDARD]
  ignore: [google-apis]
EOF
cd "$work" && npx --yes @bufbuild/buf@1.75.0 lint 2> >(grep -v 'npm warn' >&2)
