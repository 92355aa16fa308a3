#!/bin/sh
exec "$(dirname "$0")/tvl-results" report "$@"
