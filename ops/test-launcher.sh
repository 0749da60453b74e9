#!/usr/bin/env bash
# The launcher finds a JDK 25 behind an older java on the PATH, and says what is missing where there is none.
set -euo pipefail
root=$(cd "$(dirname "$0")/.." && pwd)
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT
mkdir -p "$work/old/bin"
cat > "$work/old/bin/java" <<'EOF'
#!/bin/sh
echo "    java.specification.version = 17" >&2
EOF
chmod +x "$work/old/bin/java"
export ENGRAM_NO_BUILD=1
unset ENGRAM_JAVA_HOME ENGRAM_JDK
JAVA_HOME=$work/old PATH=$work/old/bin:$PATH "$root/engram" status --help | grep -q 'Usage: engram status' || { echo "an older java hides the JDK 25" >&2; exit 1; }
# A machine whose only java is old: the same search, over that one folder alone.
sed "s:/usr/lib/jvm/\*25\* /opt/java/openjdk /opt/jdk\*25\* \"\$HOME\"/.sdkman/candidates/java/25\* \"\$HOME\"/.jdks/\*25\*:$work/none:" "$root/engram" > "$work/engram"
chmod +x "$work/engram"
if said=$(JAVA_HOME=$work/old PATH=$work/old/bin:/usr/bin:/bin "$work/engram" status 2>&1); then echo "started without a JDK 25: $said" >&2; exit 1; fi
case $said in *"needs a JDK 25"*"(17)"*) ;; *) echo "does not say what is missing: $said" >&2; exit 1 ;; esac

# Two launchers at once build one after the other, and a source that changes while it is built is built again. Of the tree, the JDK and
# Maven there is no more than the launcher looks at.
tree=$work/tree; mkdir -p "$tree"/{client/src/main,client/target,bench/target,jepsen/controls/src/main} "$work/jdk/bin" "$work/maven"
cp "$root/engram" "$tree/engram"; touch "$tree/pom.xml" "$tree/jepsen/controls/pom.xml" "$tree/client/target/engram-client-1.jar"
cat > "$work/jdk/bin/java" <<'EOF'
#!/bin/sh
case "$*" in *-version*) echo "    java.specification.version = 25" >&2 ;; esac
EOF
cp "$work/jdk/bin/java" "$work/jdk/bin/javac"
cat > "$work/maven/mvn" <<EOF
#!/bin/sh
echo begin >>"$work/builds"; sleep 1
[ -f "$tree/client/src/main/New.java" ] || touch "$tree/client/src/main/New.java"
echo end >>"$work/builds"
EOF
chmod +x "$work/jdk/bin/java" "$work/jdk/bin/javac" "$work/maven/mvn"
status() { env -u ENGRAM_NO_BUILD ENGRAM_JAVA_HOME="$work/jdk" PATH="$work/maven:$PATH" "$tree/engram" status 2>"$work/$1.log"; }
status one & one=$!; status two & two=$!
{ wait $one && wait $two; } || { echo "two launchers at once: one failed: $(cat "$work/one.log" "$work/two.log")" >&2; exit 1; }
status three
builds=$(tr '\n' ' ' <"$work/builds")
[ "$builds" = "begin end begin end " ] || { echo "three launchers built: $builds" >&2; exit 1; }

# A page of past runs, through the launcher; ended by a signal.
mkdir -p "$work/runs/one"
echo '{"workload":"register","seed":42,"startedAt":"2026-11-21T15:04:05Z"}' >"$work/runs/one/run.json"
"$root/engram" jepsen serve "$work/runs" --port 0 >"$work/serve.log" 2>&1 & serving=$!
trap 'kill "$serving" 2>/dev/null || true; rm -rf "$work"' EXIT
for _ in $(seq 600); do grep -q 'http://127' "$work/serve.log" && break; kill -0 "$serving" || break; sleep 0.2; done
url=$(grep -o 'http://127[^ ]*' "$work/serve.log") || { echo "jepsen serve gives no address: $(cat "$work/serve.log")" >&2; exit 1; }
# Into a file: a grep that has seen enough would break curl's pipe.
curl -s -m 60 -o "$work/page.html" "$url" || { echo "jepsen serve does not answer" >&2; exit 1; }
grep -q '>42<' "$work/page.html" || { echo "jepsen serve does not show the run" >&2; exit 1; }
kill "$serving"; wait "$serving" || true
trap 'rm -rf "$work"' EXIT
