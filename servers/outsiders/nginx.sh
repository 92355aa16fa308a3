#!/usr/bin/env bash
# nginx.sh PORT PROCESSES: becomes nginx in the foreground. Its configuration is a file without a name, so that nothing is
# left to be removed at its end; the pid file nginx removes itself.
set -euo pipefail
port=$1 processes=$2
descriptors=$(ulimit -Hn)
ulimit -Sn "$descriptors"
PATH=$PATH:/usr/sbin # where an ordinary user's does not lead

config=$(mktemp) pid=$(mktemp)
sed -e "s|@port@|$port|; s|@processes@|$processes|; s|@pid@|$pid|" \
  -e "s|@connections@|$((descriptors < 32768 ? descriptors : 32768))|" "$(dirname "$0")/nginx.conf" >"$config"
exec 3<"$config"
rm "$config"
exec nginx -e stderr -c /proc/self/fd/3
