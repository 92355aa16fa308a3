#!/usr/bin/env bash
# nginx.sh PORT PROCESSES [ADDRESS]: executes nginx in the foreground. Its configuration is an unlinked file, and it
# removes its own pid file, so nothing is left behind.
set -euo pipefail
port=$1 processes=$2 address=${3:-127.0.0.1}
descriptors=$(ulimit -Hn)
ulimit -Sn "$descriptors"
PATH=$PATH:/usr/sbin  # missing in an ordinary user's PATH

config=$(mktemp) pid=$(mktemp)
sed -e "s|@address@|$address|; s|@port@|$port|; s|@processes@|$processes|; s|@pid@|$pid|" \
  -e "s|@connections@|$((descriptors < 32768 ? descriptors : 32768))|" "$(dirname "$0")/nginx.conf" >"$config"
exec 3<"$config"
rm "$config"
exec nginx -e stderr -c /proc/self/fd/3
