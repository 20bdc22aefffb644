# docs/benchmarks.md, docs/growth.md and their plots, of what the run measured; sourced by build/bench.sh.
# shellcheck shell=bash

write_pages() {
    local page
    quietly "$ROOT/build/page.sh"
    say ""
    for page in benchmarks growth; do
        [ -s "$WORK/$page.md" ] || continue
        "plot_$page" >"$ROOT/docs/$page.svg"
        {
            "head_$page"
            measured
            cat "$WORK/$page.md"
        } >"$ROOT/docs/$page.md"
        say "written: docs/$page.md, docs/$page.svg"
    done
}

head_benchmarks() {
    cat <<'PAGE'
# Benchmarks

`build/bench.sh --write` (as root) made this page. It runs every scenario with this project and with its peers in turn, in one run on one machine, and compares medians. Ratios matter: milliseconds differ between
machines and with what else runs. [What each scenario is](../benchmarks/README.md), and how the peers are set up, stands beside the scripts; [how cost grows](growth.md) is a page of its own.

![Time of each scenario, on a logarithmic axis](benchmarks.svg)
PAGE
}

head_growth() {
    cat <<'PAGE'
# How cost grows

`build/bench.sh --what growth --only stages --write` (as root) made this page: time over files, layers and stages, and memory over the size of a layer, each with an empty store. A straight line is what is wanted.

![How cost grows, a plot for each thing that grows, both axes from zero](growth.svg)
PAGE
}

measured() {
    local peer
    printf '\nMeasured in %s on a machine with %s cores and %s of memory (%s), Linux %s, by\n\n' \
        "$(date +'%B %Y')" "$(nproc)" "$(awk '/MemTotal/ { printf "%.0f GB", $2 / 1e6 }' /proc/meminfo)" \
        "$(sed -n 's/^model name[[:space:]]*: //p' /proc/cpuinfo | head -n 1)" "$(uname -r | grep -o '^[0-9]*\.[0-9]*')"
    for peer in "${PEERS[@]}"; do printf -- '- %s: %s\n' "$peer" "$("${peer}_version")"; done
    printf -- '- .NET SDK %s\n' "$(dotnet --version)"
}

plot_growth() { growth_rows | node "$ROOT/benchmarks/growth.mjs" "$ARTIFACTS/page"; }

# What it draws: scenario|name|milliseconds
plot_benchmarks() {
    local scenario text unit peer
    while IFS='|' read -r scenario text unit _; do
        [ "$unit" = ms ] || continue
        for peer in "${PEERS[@]}" machine; do
            [ -z "$(median "$scenario" "$peer")" ] || echo "${text#... }|$peer|$(median "$scenario" "$peer")"
        done
    done <<<"$SCENARIOS" | node "$ROOT/benchmarks/plot.mjs" "$ARTIFACTS/page"
}
