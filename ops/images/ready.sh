#!/bin/sh
# Exit 0 when the node in this container is ready to serve. Official bases have bash, small ones have wget.
port=$((${ENGRAM_BASE_PORT:-7500} + 6))
host=$(hostname -i 2>/dev/null | cut -d' ' -f1)
for address in "${ENGRAM_LISTEN_HOST:-$host}" 127.0.0.1; do
  [ "$address" = 0.0.0.0 ] && address=127.0.0.1
  if command -v wget >/dev/null; then
    # Without a timeout of its own (static busybox crashes on -T): the engine ends a health check that hangs.
    wget -q -O - "http://$address:$port/readyz" >/dev/null && exit 0
  else
    bash -c "exec 3<>/dev/tcp/$address/$port && printf 'GET /readyz HTTP/1.0\r\n\r\n' >&3 && read -r line <&3 && case \$line in *' 200 '*) exit 0;; esac; exit 1" && exit 0
  fi
done
exit 1
