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

# A page of past runs, through the launcher; ended by a signal.
mkdir -p "$work/runs/one"
echo '{"workload":"register","seed":42,"startedAt":"2026-11-21T15:04:05Z"}' >"$work/runs/one/run.json"
"$root/engram" jepsen serve "$work/runs" --port 0 >"$work/serve.log" 2>&1 & serving=$!
trap 'kill "$serving" 2>/dev/null || true; rm -rf "$work"' EXIT
for _ in $(seq 150); do grep -q 'http://127' "$work/serve.log" && break; kill -0 "$serving" || break; sleep 0.2; done
url=$(grep -o 'http://127[^ ]*' "$work/serve.log") || { echo "jepsen serve gives no address: $(cat "$work/serve.log")" >&2; exit 1; }
curl -s -m 20 "$url" | grep -q '>42<' || { echo "jepsen serve does not show the run" >&2; exit 1; }
kill "$serving"; wait "$serving" || true
