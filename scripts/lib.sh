# Functions of setup, run, test and try-on. Sourced, not run.
# shellcheck shell=bash
set -o pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
logs=$(mktemp -d "${TMPDIR:-/tmp}/tvl-logs.XXXXXX")
trap 'rm -rf "$logs"' EXIT
TVL_PROGRESS_S=${TVL_PROGRESS_S:-30} # seconds between two lines of progress; the tests have less
interrupted=
trap 'interrupted=yes' INT # the foreground child gets the Ctrl-C too; its exit code decides

say() { printf '%s %s\n' "$(date +%H:%M:%S)" "$*"; }

# fail CODE LINE...: one line on stderr and out.
fail() {
  local code=$1
  shift
  echo "$(basename "$0"): $*" >&2
  exit "$code"
}

# step "what is done" COMMAND...: one line with the seconds it took; on failure the end of what it printed.
step() {
  local title=$1 log=$logs/step.log begin=$SECONDS code=0
  shift
  printf '%s %s ... ' "$(date +%H:%M:%S)" "$title"
  "$@" >"$log" 2>&1 </dev/null || code=$?
  end_step "$@"
}

# step_by_step "what is done" COMMAND...: the same for a command that prints [N/M] before each of M pieces of work. Shows
# the newest: at once on a terminal, in a line each half minute elsewhere.
step_by_step() {
  local title=$1 log=$logs/step.log begin=$SECONDS code=0
  shift
  printf '%s %s ... ' "$(date +%H:%M:%S)" "$title"
  "$@" 2>&1 </dev/null | tee "$log" | show_progress "$title" || code=$?
  end_step "$@"
}

# end_step COMMAND...: the end of a line of step or step_by_step, whose variables it reads.
end_step() {
  if [ -n "$interrupted" ]; then
    echo interrupted
    exit 130
  elif [ "$code" -ne 0 ]; then
    echo "FAILED after $((SECONDS - begin)) s:"
    tail -n 40 "$log" | sed 's/^/    /' >&2
    fail 2 "$title failed (exit code $code of: $*)"
  fi
  echo "$((SECONDS - begin)) s"
}

show_progress() {
  local line piece='' shown=$SECONDS got ended=''
  while [ -z "$ended" ]; do
    got=0
    IFS= read -r -t 5 line || got=$?
    [ "$got" -eq 0 ] || [ "$got" -gt 128 ] || ended=yes # beyond 128: 5 s without a line
    [[ ! $line =~ ^\[[0-9]+/[0-9]+\] ]] || piece=${BASH_REMATCH[0]}
    if [ -t 1 ]; then
      printf '\r%s %s ... %s ' "$(date +%H:%M:%S)" "$1" "$piece"
    elif [ $((SECONDS - shown)) -ge "$TVL_PROGRESS_S" ] && [ -z "$ended" ]; then
      printf '\n%s %s ... %s ' "$(date +%H:%M:%S)" "$1" "$piece"
      shown=$SECONDS
    fi
  done
}

# Prints the compiler to use: $CXX if it is set, else the first that CMakeLists.txt accepts (its reasons are there).
find_compiler() {
  local name major
  for name in ${CXX:-clang++-19 clang++-20 clang++-21 clang++ g++-15 g++-14 g++-13 g++}; do
    command -v "$name" >/dev/null || continue
    major=$("$name" -dumpversion 2>/dev/null | cut -d. -f1)
    case $("$name" --version 2>/dev/null | head -n 1) in
      *clang*) [ "${major:-0}" -ge 19 ] && echo "$name" && return ;;
      *) [ "${major:-0}" -ge 13 ] && echo "$name" && return ;;
    esac
  done
  return 1
}

# find_python [MODULE...]: prints the path of a Python with these modules, by default all that charts and report need.
# The first python3 on PATH may be one that the user built, without them.
find_python() {
  local name modules=("$@") script='import sys; from importlib.util import find_spec
sys.exit(sys.version_info < (3, 10) or None in map(find_spec, sys.argv[1:]) or print(sys.executable))'
  [ $# -gt 0 ] || modules=(jinja2 matplotlib)
  for name in python3 /usr/bin/python3; do
    "$name" -c "$script" "${modules[@]}" 2>/dev/null && return
  done
  return 1
}

# Compiling Boost.Asio takes up to 1.5 GiB a process; more of them than fit would only swap.
build_jobs() {
  local cores fits
  cores=$(nproc)
  fits=$(awk '/MemAvailable/ {print int($2 / 1572864)}' /proc/meminfo)
  echo $((fits < 1 ? 1 : fits < cores ? fits : cores))
}

# configure PRESET
configure() {
  local compiler
  compiler=$(find_compiler) ||
    fail 2 "${CXX:-no compiler here} is not clang >= 19 or g++ >= 13: see scripts/setup --print"
  cd "$root" || exit 2
  step "configuring preset $1 with $compiler" cmake --preset "$1" -DCMAKE_CXX_COMPILER="$compiler"
}

# build PRESET [TARGET...]: all targets when none is named.
build() {
  local preset=$1 targets=("${@:2}")
  cd "$root" || exit 2
  step_by_step "building preset $preset" \
    cmake --build --preset "$preset" --parallel "$(build_jobs)" ${2:+--target "${targets[@]}"}
}

# prepare [FLAG...]: builds what measures and, of our contestants, those that a run with these flags of tvl-suite needs.
# Names of files in the flags are relative to the caller's folder, and it ends there.
prepare() {
  local caller=$PWD flag programs=(contestants tvl-load tvl-upstream) pair=(asio_loop asio_threads) system=() mpi=() perf=() rank=()
  for flag in "$@"; do
    case $flag in
      --quick) programs=() system=(--quick) ;;
      --workload* | --benchmark_filter*) programs=() ;;
      --contestant*) programs=() pair=() ;;
      --why) perf=(--why) ;;
      --load-hosts*) mpi=(--cluster) rank=(tvl-load-rank) ;;
    esac
  done
  [[ " $* " != *" --workload"* ]] || system=() # it may need a service
  "$root/scripts/setup" "${system[@]}" "${mpi[@]}" "${perf[@]}"
  configure release
  if [ ${#programs[@]} -eq 0 ]; then
    build release tvl-suite tvl-load "${pair[@]}" "${rank[@]}" # not one after the other: nearly every workload has this pair
    cd "$caller" || exit 2
    "$root/build/bin/tvl-suite" "$@" --list-programs >"$logs/programs" || exit 2 # it has said what is wrong
    while read -r flag; do
      ! has_target "$root/build" "$flag" || programs+=("$flag") # one that this system cannot build is left out
    done <"$logs/programs"
  fi
  build release tvl-suite "${programs[@]}" "${rank[@]}"
  cd "$caller" || exit 2
}

# draw FOLDER: the charts and the report of a run. Sets python for the caller. The report draws its own charts, so it does
# not need matplotlib.
draw() {
  export PYTHONDONTWRITEBYTECODE=1
  if python=$(find_python); then
    step "drawing $1/charts" "$python" "$root/scripts/tvl-results" plot "$1"
  else
    python=$(find_python jinja2) || fail 2 "no python3 here has jinja2, which the report needs: run scripts/setup"
    say "no python3 here has matplotlib: no charts in $1, the report draws its own"
  fi
  step "writing $1/report.html" "$python" "$root/scripts/tvl-results" report "$1"
}

# usage SCRIPT: prints the comment at its head.
usage() { sed -n '2,/^set/{/^set/d;s/^# \{0,1\}//;p}' "$1"; }

# has_target FOLDER TARGET: whether a configured build folder knows a target of that name.
has_target() { ninja -C "$1" -t query "$2" >/dev/null 2>&1; }
