#!/bin/sh
# First process of a container in which faults are injected. It keeps the container alive while the node in it is killed,
# so that the network's rules and the disk stay, and plays the part of `restart: unless-stopped` for a node that ends by itself.
# The node's data is a file system of its own in a file: it can be full, slow, stand still, or be set back to what was forced.
#   /run/engram/want     up or down: whether a node that is not there shall be started
#   /run/engram/control  a pipe: a line wakes this script up
#   /run/engram/pid      of the node, while there is one
#   /run/engram/skew     how the node's wall clock is off (libskew.so)
#   /run/engram/heard    what the probes heard
set -eu
state=/run/engram image=/data/disk.img disk=/disk
mkdir -p $state $disk /run/balloon
# Nothing of an earlier life of this container.
mount -t tmpfs state $state
# A container's /dev has the loop devices that there were when it was made.
i=0; while [ $i -lt 64 ]; do [ -b /dev/loop$i ] || mknod /dev/loop$i b 7 $i; i=$((i + 1)); done
if [ ! -e $image ]; then
  truncate -s "${FAULTS_DISK_BYTES:-1073741824}" $image
  # Everything laid out at once: nothing writes to the image later but the node.
  # By its path: some shells know a smaller mke2fs of their own.
  /usr/sbin/mke2fs -q -t ext4 -F -m 0 -N 8192 -J size=16 -E nodiscard,lazy_itable_init=0,lazy_journal_init=0 $image
fi
for _ in 1 2 3 4 5; do mount -t ext4 -o loop,noatime $image $disk && break; sleep 0.2; done
grep -q " $disk " /proc/mounts || { echo "faults: no disk" >&2; exit 1; }
mount -t tmpfs -o size=100% balloon /run/balloon
mkfifo $state/control; echo down > $state/want
exec 3<>$state/control
base=${ENGRAM_BASE_PORT:-7500}
/opt/faults/engram-faults serve $state/heard "$base" $((base + 1)) $((base + 2)) $((base + 3)) $((base + 4)) $((base + 5)) $((base + 9)) 3>&- &

node=
end() {
  echo down > $state/want
  [ -z "$node" ] || { kill -TERM "$node" 2>/dev/null; kill -CONT "$node" 2>/dev/null; wait "$node" || true; }
  umount $disk || true
  exit 0
}
trap end TERM INT
echo "faults: container is up"
while :; do
  if [ "$(cat $state/want)" != up ]; then read -r _ <&3; continue; fi
  # shellcheck disable=SC2086 -- a list of options
  ( cd $disk; exec 3>&- env LD_PRELOAD=/opt/faults/libskew.so SKEW_FILE=$state/skew ENGRAM_DATA=$disk \
    java @/opt/engram/jvm.options ${ENGRAM_JAVA_OPTS:-} -cp '/opt/engram/lib/*' io.engram.node.Main "$@" ) &
  node=$!
  echo $node > $state/pid.new; mv $state/pid.new $state/pid
  code=0; wait $node || code=$?
  rm -f $state/pid; node=
  echo "faults: the node ended, code $code"
  [ "$(cat $state/want)" != up ] || sleep 1
done
