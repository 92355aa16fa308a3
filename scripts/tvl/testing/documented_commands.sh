# Replaces the commands of documents for documents_test.py. A short one runs for real. One that measures,
# builds or installs only reads its flags, with its own parser.
# Wants: document, real (the project), bin (its programs), python, port (a free one).
# shellcheck shell=bash disable=SC2154 # these are set by the caller
unset BASH_ENV # the scripts that are run here do not read this
set -eEuo pipefail
trap 'failed $? "$LINENO" "${BASH_LINENO[@]}"' ERR

# failed CODE LINE [LINE... 0]: the lines of the calls that led there; of these the last is the document's.
failed() { echo "$document:$(($# < 4 ? $2 : ${*: -2:1})): exit code $1" >&2; }

# A reader types the next command when the server is there.
wait_for_port() {
  local try
  for ((try = 0; try < 100; ++try)); do
    ! (: <>"/dev/tcp/127.0.0.1/$port") 2>/dev/null || return 0
    sleep 0.1
  done
  echo "nothing listens on port $port" >&2
  return 1
}
pidof() { echo "$!"; } # this machine may run more of them

build/bin/asio_loop() { exec "$bin/asio_loop" "$@"; }
build/bin/asio_threads() { exec "$bin/asio_threads" "$@"; }
build/bin/tvl-fetch() { "$bin/tvl-fetch" "$@"; }

# Half a second of load, or two where that was too short to show it. The self-test takes 40 s: its flags are looked up.
build/bin/tvl-load() {
  local code limit
  if [ "$1" = selftest ]; then
    known_flags "$bin/tvl-load selftest" "${@:2}"
    return
  fi
  for limit in 0.5 2; do
    code=0
    timeout --foreground --preserve-status -s INT $limit "$bin/tvl-load" "$@" >load.log 2>&1 || code=$?
    [ "$code" != 0 ] || return 0
    ! grep -q "^verdict\|generator process .* signal" load.log || return 0
  done
  cat load.log >&2
  [ "$code" = 130 ] # a search for the knee
}

# Lists the points instead of measuring them. It accepts --benchmark_ANYTHING, tvl-primitives does not.
build/bin/tvl-suite() {
  local word google=()
  for word in "$@"; do
    [[ $word != --benchmark_* || $word = --benchmark_filter=* ]] || google+=("$word")
  done
  [ ${#google[@]} = 0 ] || "$bin/tvl-primitives" --benchmark_list_tests "${google[@]}" >/dev/null
  case " $* " in
    " validate "* | " doctor "* | " import "* | " --list "*) "$bin/tvl-suite" "$@" ;;
    " --resume "*) [ -e "$2/run.json" ] ;;
    *" --list-programs "*) ;;                                      # scripts/run goes on to measure with the same flags
    *) [ -n "$("$bin/tvl-suite" "$@" --benchmark_list_tests)" ] ;; # a filter that selects nothing is a mistake
  esac
}
build/bin/tvl-primitives() {
  [ "$1" = --list ] || set -- "$@" --benchmark_list_tests
  "$bin/tvl-primitives" "$@"
}
build/bin/tvl-waits() { [ -n "$("$bin/tvl-waits" "$@" --benchmark_list_tests)" ]; }

scripts/tvl-results() {
  case " $* " in
    " plot "* | " readme "* | " publish "* | " sensitivity "* | " syscalls "* | " request-footprint "* | *" --commits "*)
      read_flags "$@"
      ;;
    *) command "$python" -B "$real/scripts/tvl-results" "$@" ;;
  esac
}
read_flags() {
  command "$python" -B -c 'import argparse, runpy, sys
scripts, parse = sys.argv.pop(1), argparse.ArgumentParser.parse_args
argparse.ArgumentParser.parse_args = lambda self, *words: sys.exit(parse(self, *words) and 0)
sys.path.insert(0, scripts)
runpy.run_path(scripts + "/tvl-results", run_name="__main__")' "$real/scripts" "$@"
}
/usr/bin/python3() {
  case $1 in
    scripts/tvl-results) scripts/tvl-results "${@:2}" ;;
    /usr/share/benchmark/compare.py) [[ $2 = benchmarks && -e $3 && -e $4 ]] ;; # needs SciPy
    *) return 127 ;;
  esac
}

scripts/run() { bash scripts/run.real "$@" || [ $? = 1 ]; } # 1: no points
scripts/test() { bash scripts/test.real "$@"; }
scripts/setup() { bash "$real/scripts/setup" "$@" --print; }
scripts/fuzz() { known_flags "$real/scripts/fuzz" "$@"; }
scripts/try-on() { known_flags "$real/scripts/try-on" "$@"; }
cmake() { # of the build folders and their targets, this one has all
  local target
  [[ "$1 $2" =~ ^--build\ build(-dev)?$ ]] && [[ $# = 2 || $3 = --target ]]
  for target in "${@:4}"; do ninja -C "${bin%/bin}" -t query "$target" >/dev/null; done
}
ctest() { # whether a test has such a name; ctest itself would overwrite the logs of the ctest that runs this
  [ "$1 $2 $3" = "--preset dev -R" ] && find "${bin%/bin}" -name CTestTestfile.cmake -exec grep -h "^add_test([^ ]*$4" {} +
}

# known_flags COMMAND [WORD...]: whether the help of COMMAND has each flag among the words.
known_flags() {
  local word help
  help=$($1 --help)
  for word in "${@:2}"; do
    [[ $word != -* ]] || grep -qw -e "$word" <<<"$help" || { echo "$1 has no $word" >&2 && return 2; }
  done
}
