# bash completion of tvl-load and tvl-suite: the options in their --help, and behind --workload, --contestant and
# --baseline the names in --list. Files where none matches.
_tvl() {
  local words table='' subcommand=()
  case $3 in
    --workload) table=1 ;;
    --contestant | --baseline) table=2 ;;
  esac
  if [ -n "$table" ]; then
    words=$("$1" --list 2>/dev/null | awk -v RS= -v FS='\n' -v table="$table" 'NR == table {
      for (line = 2; line <= NF; ++line) { split($line, columns, " "); print columns[1] } }')
  else
    [[ $COMP_CWORD -lt 2 || ${COMP_WORDS[1]} = -* ]] || subcommand=("${COMP_WORDS[1]}")
    words=$("$1" "${subcommand[@]}" --help 2>/dev/null | grep -oE -- '--[a-z][a-z_-]+=?')
  fi
  mapfile -t COMPREPLY < <(compgen -W "$words" -- "$2")
}
complete -o default -F _tvl tvl-load tvl-suite
