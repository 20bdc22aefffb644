# docs/benchmarks.md and its plot, of what the run measured; sourced by build/bench.sh.
# shellcheck shell=bash

write_page() {
    quietly "$ROOT/build/page.sh"
    plot_rows | node "$ROOT/benchmarks/plot.mjs" "$ARTIFACTS/page" >"$ROOT/docs/benchmarks.svg"
    if asked growth stages; then growth_rows | node "$ROOT/benchmarks/growth.mjs" "$ARTIFACTS/page" >"$ROOT/docs/growth.svg"; fi
    {
        page_head
        printf '\nMeasured in %s on a machine with %s cores and %s of memory (%s), Linux %s, by\n\n' \
            "$(date +'%B %Y')" "$(nproc)" "$(awk '/MemTotal/ { printf "%.0f GB", $2 / 1e6 }' /proc/meminfo)" \
            "$(sed -n 's/^model name[[:space:]]*: //p' /proc/cpuinfo | head -n 1)" "$(uname -r | grep -o '^[0-9]*\.[0-9]*')"
        versions
        cat "$WORK/tables.md"
        if asked growth stages; then printf '\n![How cost grows: a straight line is what is wanted](growth.svg)\n'; fi
    } >"$ROOT/docs/benchmarks.md"
    say ""
    say "written: docs/benchmarks.md, docs/benchmarks.svg"
}

page_head() {
    cat <<'PAGE'
# Benchmarks

`build/bench.sh --write` (as root) made this page. It runs every scenario with this project and with its peers in turn, in one run on one machine, and compares medians. Ratios matter: milliseconds differ between
machines and with what else runs. [What each scenario is](../benchmarks/README.md), and how the peers are set up, stands beside the scripts.

![Time of each scenario, on a logarithmic axis](benchmarks.svg)
PAGE
}

versions() {
    local peer
    for peer in "${PEERS[@]}"; do printf -- '- %s: %s\n' "$peer" "$("${peer}_version")"; done
    printf -- '- .NET SDK %s\n' "$(dotnet --version)"
}

# What the plot draws: scenario|name|milliseconds
plot_rows() {
    local scenario text unit peer
    while IFS='|' read -r scenario text unit _; do
        [ "$unit" = ms ] || continue
        for peer in "${PEERS[@]}" machine; do
            [ -z "$(median "$scenario" "$peer")" ] || echo "${text#... }|$peer|$(median "$scenario" "$peer")"
        done
    done <<<"$SCENARIOS"
}
