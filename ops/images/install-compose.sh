#!/usr/bin/env bash
# Compose v2 on a Debian whose own is still 1.29 (root): the plugin alone, out of a later release's package; nothing else of that
# release comes in. Does nothing where `docker compose` is.
set -euo pipefail
docker compose version >/dev/null 2>&1 && exit 0
release=${COMPOSE_FROM:-trixie}
[ "$(id -u)" = 0 ] && command -v apt-get >/dev/null || { echo "install-compose: no Compose v2, and not root on Debian" >&2; exit 1; }
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT
mirror=$(grep -rhoE 'https?://[^ ]+/debian/?( |$)' /etc/apt/sources.list* | head -1 | tr -d ' ') || true
[ -n "$mirror" ] || { echo "install-compose: /etc/apt names no Debian mirror" >&2; exit 1; }
mkdir -p "$work/lists/partial" "$work/cache/archives/partial"
echo "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $mirror $release main" >"$work/sources.list"
apt=(apt-get -qq -o Dir::Etc::sourcelist="$work/sources.list" -o Dir::Etc::sourceparts=/nonexistent
  -o Dir::State::lists="$work/lists" -o Dir::Cache="$work/cache" -o APT::Sandbox::User=root)
echo "install-compose: Compose v2 from Debian $release" >&2
"${apt[@]}" update
(cd "$work" && "${apt[@]}" download docker-compose)
dpkg-deb -x "$work"/docker-compose_*.deb "$work/package"
install -D "$work/package/usr/libexec/docker/cli-plugins/docker-compose" /usr/local/lib/docker/cli-plugins/docker-compose
docker compose version
