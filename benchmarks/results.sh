# What build/bench.sh measured, and how it is shown; sourced. One file for a scenario and a peer, one number in a line.
# shellcheck shell=bash

# record SCENARIO PEER NUMBER
record() { echo "$3" >>"$WORK/result.$1.$2"; }

# timed SCENARIO PEER COMMAND...   records milliseconds; a failure is told and leaves no number
timed() {
    local started log=$WORK/log
    : >"$WORK/asked.$1"
    started=$(now_ms)
    if "${@:3}" >"$log" 2>&1 </dev/null; then
        LAST=$(($(now_ms) - started))
        record "$1" "$2" "$LAST"
    else
        warn "$2 failed in '$1':"
        tail -n 5 "$log" >&2
        LAST=''
        return 1
    fi
}

median() {
    [ -s "$WORK/result.$1.$2" ] || return 0
    sort -n "$WORK/result.$1.$2" | awk '{ v[NR] = $1 } END { print NR % 2 ? v[(NR + 1) / 2] : (v[NR / 2] + v[NR / 2 + 1]) / 2 }'
}

# Rows of scenarios that --what left out say nothing.
was_asked() { ls "$WORK/result.$1".* >/dev/null 2>&1 || ls "$WORK/asked.$1" >/dev/null 2>&1; }

ratio() {
    if [ -z "$1" ] || [ -z "$2" ]; then echo -; else awk -v a="$1" -v b="$2" 'BEGIN { if (b > 0) printf "%.2f", a / b; else print "-" }'; fi
}

# best SCENARIO   the smallest median of the peers
best() {
    local peer
    for peer in "${PEERS[@]}"; do [ "$peer" = stages ] || median "$1" "$peer"; done | sort -n | head -n 1
}

# at_most TIME OTHER RATIO [PLUS]   a verdict; nothing where a number lacks
at_most() {
    [ -z "$1" ] || [ -z "$2" ] || awk -v time="$1" -v other="$2" -v ratio="$3" -v plus="${4:-0}" 'BEGIN { print time <= ratio * other + plus ? "met" : "NOT MET" }'
}

# table TITLE   rows of cells between bars on standard input, the first is the head; numbers stand to the right. Kept for the page PAGE as well.
table() {
    local rows how="medians of $ROUNDS rounds in one run"
    [ "$ROUNDS" != 1 ] || how='one round'
    rows=$(cat)
    title "$1: $how on this machine, smaller is better"
    awk -F'|' '
        { for (i = 1; i <= NF; i++) { cell[NR, i] = $i; if (length($i) > width[i]) width[i] = length($i) }; fields[NR] = NF }
        END {
            for (row = 1; row <= NR; row++) {
                line = ""
                for (i = 1; i <= fields[row]; i++) line = line sprintf(i == 1 || i == fields[row] ? "%-" width[i] "s  " : "%" width[i] "s  ", cell[row, i])
                sub(/ +$/, "", line); print line
            }
        }' <<<"$rows"
    {
        printf '\n## %s\n\n%s, smaller is better.\n\n' "${1^}" "${how^}"
        awk -F'|' '
            { gsub(/\|/, " | "); print "| " $0 " |" }
            NR == 1 { line = "|---|"; for (i = 2; i < NF; i++) line = line "---:|"; print line "---|" }' <<<"$rows"
    } >>"$WORK/${PAGE:-benchmarks}.md"
}

print_scenarios() {
    local scenario text unit wanted peer head='scenario'
    for peer in "${PEERS[@]}"; do head+="|$peer"; done
    {
        echo "$head|machine|ratio to the best|wanted"
        while IFS='|' read -r scenario text unit wanted; do
            was_asked "$scenario" || continue
            scenario_row "$scenario" "$text" "$unit" "$wanted"
        done <<<"$SCENARIOS"
    } | table "this project beside its peers"
}

# scenario_row SCENARIO TEXT UNIT WANTED
scenario_row() {
    local peer row=$2 limit
    for peer in "${PEERS[@]}"; do row+="|$(figure "$1" "$peer" "$3")"; done
    limit=$(median "$1" machine)
    echo "$row|${limit:--}${limit:+ $3}|$(ratio "$(median "$1" stages)" "$(best "$1")")|$(verdict "$1" "$4")"
}

# figure SCENARIO PEER UNIT; a peer that ran and left no number failed, and the table says so
figure() {
    local number
    number=$(median "$1" "$2")
    echo "${number:-failed}${number:+ $3}"
}

# verdict SCENARIO WANTED   pairs of a ratio and a peer, or of a number and MB
verdict() {
    local part against other text=''
    # shellcheck disable=SC2086
    set -- "$1" $2
    local scenario=$1
    shift
    while [ $# -gt 0 ]; do
        part=$1 against=$2
        shift 2
        case $against in
            MB) other=1 ;;
            best) other=$(best "$scenario") ;;
            *) other=$(median "$scenario" "$against") ;;
        esac
        text+="${text:+; }<= $part $([ "$against" = MB ] && echo MB || echo "of $against"), $(at_most "$(median "$scenario" stages)" "$other" "$part" || :)"
    done
    echo "$text"
}
