# A shared cache in the registry on loopback: machines whose store is empty publish the multi-stage hello, by this project and by buildx of a newer
# Docker (build/engines.sh) with type=registry,mode=max; sourced by build/bench.sh. Rounds alternate between both, and both begin each time with an
# empty store. The command has a cache mount, which travels with this project alone.
# row|what it is|wanted: at most this ratio
# shellcheck shell=bash
CACHE_ROWS='first|the first machine of all, which fills the cache|
unchanged|a fresh machine, nothing changed|0.30
line|a fresh machine, one changed line|0.50
plain|nothing changed, same machine, no cache|
export|... with the cache to read and write|'

# cache ROUNDS
cache() {
    local way round
    make_cache
    for way in stages buildx; do cache_timed first $way 0; done
    for round in $(seq "$1"); do
        for way in stages buildx; do
            note "cache: round $round of $1: $way"
            cache_timed unchanged $way "$round"
            cache_timed line $way "$round"
            timed cache-plain $way "cache_$way" || true
            timed cache-export $way "cache_$way" --with-cache || true
        done
    done
    buildx_stop
    print_cache
}

# cache_timed ROW WAY ROUND
cache_timed() {
    [ "$1" = unchanged ] || sed -i "s|Println(.*|Println(\"Hello, $2 in round $3 of $$\")|" "$WORK/cache-$2/main.go"
    "$2_reset" >/dev/null 2>&1
    timed "cache-$1" "$2" "cache_$2" --with-cache || true
}

cache_stages() {
    local name=$REGISTRY/bench/cache-stages
    "$PROGRAM" build --progress plain -t "$name" --push --build-arg "REGISTRY=$REGISTRY" \
        ${1:+--cache-from "$name-cache" --cache-to "type=registry,ref=$name-cache,mode=max"} "$WORK/cache-stages"
}

cache_buildx() {
    local name=$REGISTRY/bench/cache-buildx
    DOCKER_HOST=unix://$NEWER/socket BUILDX_CONFIG=$WORK/buildx "$BUILDX" build --progress plain --provenance=false --network host -t "$name" --push \
        --build-arg "REGISTRY=$REGISTRY" ${1:+--cache-from "type=registry,ref=$name-cache" --cache-to "type=registry,ref=$name-cache,mode=max"} \
        "$WORK/cache-buildx"
}

make_cache() {
    local way
    find_buildx
    for way in stages buildx; do
        cp -R "$ROOT/benchmarks/hello" "$WORK/cache-$way"
        sed -i 's|^RUN go|RUN --mount=type=cache,target=/root/.cache/go-build go|' "$WORK/cache-$way/Dockerfile"
    done
}

# --- a newer Docker that keeps images as containerd does: the older store exports no cache

find_buildx() {
    "$ROOT/build/engines.sh"
    BUILDX=$ARTIFACTS/engines/usr/libexec/docker/cli-plugins/docker-buildx
}

buildx_reset() {
    buildx_stop
    fresh_folder newer
    NEWER=$FRESH
    mkdir -p "$NEWER"
    setsid "$ROOT/build/engines.sh" --run "$NEWER" 8>&- 9>&- &
    for _ in $(seq 300); do
        [ -S "$NEWER/socket" ] && [ -s "$NEWER/pid" ] && return
        sleep 0.1
    done
    tail -n 5 "$NEWER/log" >&2
    return 1
}

buildx_stop() { stop_daemon "${NEWER:-/nowhere}/pid"; }

print_cache() {
    local row text wanted stages buildx
    title "a cache that machines share: medians of $ROUNDS rounds in one run on this machine, smaller is better"
    printf '%-50s %10s %10s %8s  %s\n' '' stages buildx ratio wanted
    while IFS='|' read -r row text wanted; do
        stages=$(median "cache-$row" stages) buildx=$(median "cache-$row" buildx)
        printf '%-50s %10s %10s %8s  %s\n' "$text" "${stages:-failed}${stages:+ ms}" "${buildx:-failed}${buildx:+ ms}" \
            "$(ratio "$stages" "$buildx")" "$(cache_verdict "$wanted" "$stages" "$buildx")"
    done <<<"$CACHE_ROWS"
}

# cache_verdict WANTED STAGES BUILDX
cache_verdict() {
    [ -z "$1" ] || [ -z "$2" ] || [ -z "$3" ] ||
        awk -v wanted="$1" -v stages="$2" -v buildx="$3" 'BEGIN { print "<= " wanted ",", (stages <= wanted * buildx) ? "met" : "NOT MET" }'
}
