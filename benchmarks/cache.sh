# A shared cache in the registry on loopback: machines whose store is empty publish the multi-stage hello, by this project and by buildx with
# type=registry,mode=max; sourced by build/bench.sh. Rounds alternate between both, and both begin each time with an
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
    buildx_build_push "$name" --build-arg "REGISTRY=$REGISTRY" ${1:+--cache-from "type=registry,ref=$name-cache" --cache-to "type=registry,ref=$name-cache,mode=max"} "$WORK/cache-buildx"
}

make_cache() {
    local way
    for way in stages buildx; do
        cp -R "$ROOT/benchmarks/hello" "$WORK/cache-$way"
        sed -i 's|^RUN go|RUN --mount=type=cache,target=/root/.cache/go-build go|' "$WORK/cache-$way/Dockerfile"
    done
}

print_cache() {
    local row text wanted stages buildx
    {
        echo 'a cache in a registry|stages|buildx|ratio|wanted'
        while IFS='|' read -r row text wanted; do
            stages=$(median "cache-$row" stages) buildx=$(median "cache-$row" buildx)
            echo "$text|${stages:-failed}${stages:+ ms}|${buildx:-failed}${buildx:+ ms}|$(ratio "$stages" "$buildx")|${wanted:+<= $wanted, $(at_most "$stages" "$buildx" "$wanted")}"
        done <<<"$CACHE_ROWS"
    } | table "a cache that machines share"
}
