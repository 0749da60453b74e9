#!/bin/bash
# Makes the offline base image (tag $1, default engram/jre-base:25) with no registry.
#   MODE=closure (default): FROM scratch = jlink runtime + busybox + fault tools + their shared libraries. Seconds.
#   MODE=debian           : mmdebstrap minbase + jlink runtime. Minutes; needs Debian's packages.
# Needs: docker, a full JDK in $JAVA_HOME; for closure: busybox-static iproute2 iptables ; for debian: mmdebstrap
set -euo pipefail
TAG=${1:-engram/jre-base:25}; MODE=${MODE:-closure}
JAVA_HOME=${ENGRAM_JDK:-${JAVA_HOME:?set it to a full JDK 25}}; CACHE=${CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/engram-base}
MODULES=${MODULES:-java.se,jdk.incubator.vector,jdk.internal.jvmstat,jdk.unsupported,jdk.management,jdk.management.agent,jdk.management.jfr,jdk.crypto.ec,jdk.jcmd,jdk.attach,jdk.naming.dns,jdk.zipfs,jdk.jfr,jdk.net,jdk.nio.mapmode,jdk.httpserver,jdk.security.auth,jdk.localedata}
mkdir -p "$CACHE"
key=$({ cat "$0"; cat "$JAVA_HOME/release"; echo "$MODE $MODULES"; for f in /usr/sbin/iptables /usr/sbin/tc /usr/sbin/mke2fs /usr/bin/busybox; do [ -e $f ] && sha256sum "$(readlink -f $f)"; done; } | sha256sum | cut -c1-16)
if docker image inspect "$TAG" --format '{{index .Config.Labels "base.key"}}' 2>/dev/null | grep -qx "$key"; then echo "base $TAG is current ($key)"; exit 0; fi
JRE="$CACHE/jre-$key"
if [ ! -x "$JRE/bin/java" ]; then rm -rf "$JRE.tmp"
  "$JAVA_HOME/bin/jlink" --add-modules "$MODULES" --strip-debug --no-header-files --no-man-pages --output "$JRE.tmp"
  rm -rf "$JRE"; mv "$JRE.tmp" "$JRE"; fi
imp() { docker import -c 'ENV PATH=/opt/java/openjdk/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin' \
  -c 'ENV JAVA_HOME=/opt/java/openjdk' -c 'ENV LANG=C.UTF-8' -c "LABEL base.key=$key" - "$TAG"; }
if [ "$MODE" = debian ]; then
  T="$CACHE/rootfs-$key.tar"
  [ -s "$T" ] || { mmdebstrap --variant=minbase --include=ca-certificates,iproute2,iptables,procps,iputils-ping, \
     --aptopt='APT::Install-Recommends "false"' --dpkgopt='path-exclude=/usr/share/doc/*' \
     --dpkgopt='path-exclude=/usr/share/man/*' --dpkgopt='path-exclude=/usr/share/locale/*' \
     "${SUITE:-bookworm}" "$T.tmp" ${MIRROR:-}; mv "$T.tmp" "$T"; }
  cp "$T" "$CACHE/all.tar"; tar -C "$JRE" --transform 's,^\.,./opt/java/openjdk,' --numeric-owner --owner=0 --group=0 -rf "$CACHE/all.tar" .
  imp < "$CACHE/all.tar"; rm -f "$CACHE/all.tar"; exit 0
fi
R=$(mktemp -d); trap 'rm -rf "$R"' EXIT
mkdir -p "$R"/{usr/bin,usr/sbin,usr/lib,usr/lib64,etc,tmp,run,var/lib,proc,sys,dev,root,opt/java,data}
ln -s usr/bin "$R/bin"; ln -s usr/sbin "$R/sbin"; ln -s usr/lib "$R/lib"; ln -s usr/lib64 "$R/lib64"; chmod 1777 "$R/tmp"; ln -s ../run "$R/var/run"
cp -a "$JRE" "$R/opt/java/openjdk"
cp "$(command -v busybox)" "$R/usr/bin/busybox"; for a in $("$R/usr/bin/busybox" --list); do case $a in ip|tc|busybox) ;; *) ln -s busybox "$R/usr/bin/$a";; esac; done
put() { local f; for f in "$@"; do [ -e "$f" ] || continue; mkdir -p "$R$(dirname "$f")"; cp -L "$f" "$R$f"; done; }
BINS="/usr/sbin/tc /usr/bin/tc /usr/sbin/ip /usr/sbin/xtables-legacy-multi /usr/sbin/xtables-nft-multi /usr/sbin/mke2fs ${EXTRA_BINS:-}"
for b in $BINS; do c=$(readlink -f "$b" || true); [ -n "$c" ] && [ -e "$c" ] || continue; mkdir -p "$R$(dirname "$b")"; cp "$c" "$R$b"; done
ln -sf xtables-legacy-multi "$R/usr/sbin/iptables-legacy"; ln -sf xtables-nft-multi "$R/usr/sbin/iptables-nft"
for x in iptables ip6tables iptables-restore iptables-save; do ln -sf xtables-nft-multi "$R/usr/sbin/$x"; done
LIBD=$(dirname "$(ldconfig -p | awk '/libc.so.6 .*x86-64|libc.so.6 .*AArch64/{print $NF; exit}' | xargs readlink -f)")   # /usr/lib/<triplet>
mkdir -p "$R$LIBD"; cp -a "$LIBD/xtables" "$R$LIBD/" 2>/dev/null || true
[ -d "$LIBD/faketime" ] && cp -a "$LIBD/faketime" "$R$LIBD/"; [ -d /usr/lib/tc ] && cp -a /usr/lib/tc "$R/usr/lib/"
# shared-library closure; libraries that only AWT/sound need are left out
find "$R" -type f \( -name '*.so*' -o -perm -u+x \) | grep -v -E 'lib(awt_xawt|splashscreen|jsound|jawt)' | { xargs -r ldd 2>/dev/null || true; } \
  | grep -oE '(=> )?/[^ ]+ \(0x' | sed -E 's/^=> //; s/ \(0x$//' | grep -v "^$R" | sort -u | while read -r l; do put "$l"; done
# What the native parts of our jars need; they are unpacked at run time, so the closure above cannot see them.
put "$LIBD/libstdc++.so.6" "$LIBD/libgcc_s.so.1" "$LIBD/libm.so.6" "$LIBD/libdl.so.2" "$LIBD/libpthread.so.0" "$LIBD/librt.so.1"
cp -L "$LIBD"/libnss_files.so.2 "$LIBD"/libnss_dns.so.2 "$LIBD"/libresolv.so.2 "$R$LIBD/" 2>/dev/null || true
echo 'hosts: files dns' > "$R/etc/nsswitch.conf"; echo 'root:x:0:0:root:/root:/bin/sh' > "$R/etc/passwd"; echo 'root:x:0:' > "$R/etc/group"
cp /etc/protocols /etc/services /etc/mke2fs.conf "$R/etc/" 2>/dev/null || true; echo 'ID=engram-closure' > "$R/etc/os-release"
tar -C "$R" --numeric-owner --owner=0 --group=0 --sort=name --mtime=@0 -cf - . | imp
