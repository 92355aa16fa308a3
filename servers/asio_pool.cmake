set(mode --per-request)
