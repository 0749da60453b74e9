#!/usr/bin/env bash
# With a Docker engine: bounded runs of the harness on three containers, each under partition, kill and pause. Every verdict but *valid* fails.
# Keeps the folders of those that were not valid under jepsen/target/runs. The faults are the same each time, so that a red run can be
# told from bad luck; SEED chooses others, and `./engram jepsen soak` looks for new ones. TAG names the images.
set -uo pipefail
root=$(cd "$(dirname "$0")/.." && pwd); cd "$root"
tag=${TAG:-test}
export ENGRAM_NO_BUILD=1 JAVA_HOME=${ENGRAM_JDK:?run this through ./engram test} ENGRAM_FAULTS_IMAGE=engram-faults:$tag
seed=${SEED:-395238321}
out=${OUT:-$root/jepsen/target/runs}; rm -rf "$out"; mkdir -p "$out"
say() { echo "== jepsen: $*"; }

say "image with fault tools"
ops/images/make-images.sh "$tag" || exit 1
failed=0
for workload in register session-stream bounded-staleness; do
  say "$workload, seed $seed"
  ./engram jepsen run --workload "$workload" --nemesis partition,kill,pause --time-limit 40s --rate 150 --seed "$seed" --out "$out/$workload-$seed"
  case $? in
    0) rm -rf "${out:?}/$workload-$seed" ;;
    1) say "INVALID: $workload, seed $seed: see $out/$workload-$seed/report.html"; failed=1 ;;
    2) say "UNKNOWN: $workload, seed $seed: the run shows nothing, see $out/$workload-$seed/results.json"; failed=1 ;;
    *) say "the harness failed: $workload, seed $seed"; failed=1 ;;
  esac
  seed=$((seed + 1))
done
[ "$failed" = 0 ] && say "all valid"
exit "$failed"
