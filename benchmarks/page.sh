# docs/benchmarks.md and its plot, of what the run measured; sourced by build/bench.sh.
# shellcheck shell=bash

write_page() {
    quietly "$ROOT/build/page.sh"
    plot_rows | node "$ROOT/benchmarks/plot.mjs" "$ARTIFACTS/page" >"$ROOT/docs/benchmarks.svg"
    {
        cat "$ROOT/benchmarks/page.md"
        printf '\nMeasured in %s on a machine with %s cores and %s of memory (%s), Linux %s, by\n\n' \
            "$(date +'%B %Y')" "$(nproc)" "$(awk '/MemTotal/ { printf "%.0f GB", $2 / 1e6 }' /proc/meminfo)" \
            "$(sed -n 's/^model name[[:space:]]*: //p' /proc/cpuinfo | head -n 1)" "$(uname -r | grep -o '^[0-9]*\.[0-9]*')"
        versions
        cat "$WORK/tables.md"
    } >"$ROOT/docs/benchmarks.md"
    say ""
    say "written: docs/benchmarks.md, docs/benchmarks.svg"
}

versions() {
    printf -- '- stages: this project, %s\n' "$("$PROGRAM" --version)"
    printf -- '- buildx: %s, Docker %s\n' "$("$BUILDX" version | cut -d' ' -f2)" "$(DOCKER_HOST=unix://$NEWER/socket $DOCKER version --format '{{.Server.Version}}')"
    printf -- '- docker: Docker %s\n' "$($DOCKER version --format '{{.Server.Version}}')"
    printf -- '- buildah: %s\n' "$(buildah --version | cut -d' ' -f3)"
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
