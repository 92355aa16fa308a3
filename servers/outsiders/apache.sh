#!/usr/bin/env bash
# apache.sh prefork|event PORT PROCESSES THREADS ADDRESS: executes Apache in the foreground, which removes its own pid
# file.
set -euo pipefail
export MPM=$1 PORT=$2 PROCESSES=$3 THREADS=$4 ADDRESS=$5
DIR=$(cd "$(dirname "$0")" && pwd)
export DIR PIDFILE=${TMPDIR:-/tmp}/tvl-apache-$PORT.pid
ulimit -Sn "$(ulimit -Hn)"
PATH=$PATH:/usr/sbin  # missing in an ordinary user's PATH
exec apache2 -D FOREGROUND -f "$DIR/apache.conf"
