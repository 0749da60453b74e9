#!/usr/bin/env bash
# Installs Chromium on a bare Debian machine (root), for the tests that look at the harness' report. Does nothing where it is.
set -euo pipefail
for browser in chromium chromium-browser google-chrome; do [ -x "/usr/bin/$browser" ] && exit 0; done
[ "$(id -u)" = 0 ] && command -v apt-get >/dev/null || { echo "install-browser: no Chromium, and not root on Debian" >&2; exit 1; }
echo "install-browser: installing chromium" >&2
apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends chromium fonts-dejavu-core >/dev/null
