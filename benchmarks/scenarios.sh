# The scenarios of build/bench.sh; sourced.
# name|what it is|unit|wanted: at most this ratio, against whom ("better" of the peers, or one of them); or at most this number
# shellcheck shell=bash
SCENARIOS='cold|cold: pull bases, compile, push|ms|0.50 better
change|one source line changed|ms|1.00 better
nothing|nothing changed|ms|0.50 docker
step|one RUN step, on top of its command|ms|0.33 docker
large|pull and unpack a layer of 0.9 GB|ms|
memory|... peak memory of the largest process|MB|200 MB
pull|pull an image of one layer of 0.9 GB|ms|0.35 docker 0.50 buildah
pull10|pull an image of ten layers, 0.5 GB|ms|0.35 docker 0.50 buildah
push|build and push a layer of 0.5 GB|ms|0.50 docker
pushed|... its size in the registry|kB|1.05 docker
again|build and push it again, unchanged|ms|1.00 docker'

STEPS=10

# run_scenarios PEER ROUND; a failing one does not keep the others from running
run_scenarios() {
    local what
    for what in $(scenarios_asked); do
        "$what" "$1" "$2" || true
    done
}

# A new name for every round, so that nothing of the image itself is at the destination yet.
hello() {
    local name=$REGISTRY/bench/hello-$1-$2-$$ folder=$WORK/hello
    "$1_reset" >/dev/null 2>&1
    sed -i "s|// round.*||; \$a // round $1 $2 $$" "$folder/main.go"
    timed cold "$1" "$1_build_push" "$name" --build-arg "REGISTRY=$REGISTRY" "$folder" || return
    sed -i "s|Println(.*|Println(\"Hello, $1 in round $2 of $$\")|" "$folder/main.go"
    timed change "$1" "$1_build" "$name" --build-arg "REGISTRY=$REGISTRY" "$folder" || return
    timed nothing "$1" "$1_build" "$name" --build-arg "REGISTRY=$REGISTRY" "$folder"
}

# Ten RUN steps that do nothing, less the same build without them.
steps() {
    local name=$REGISTRY/bench/steps folder=$WORK/steps without
    echo "warm $1 $2 $$" >"$folder/round"
    timed warm "$1" "$1_build" "$name" -f "$folder/Dockerfile.none" --build-arg "REGISTRY=$REGISTRY" "$folder" || return
    echo "none $1 $2 $$" >"$folder/round"
    timed none "$1" "$1_build" "$name" -f "$folder/Dockerfile.none" --build-arg "REGISTRY=$REGISTRY" "$folder" || return
    without=$LAST
    echo "ten $1 $2 $$" >"$folder/round"
    timed ten "$1" "$1_build" "$name" -f "$folder/Dockerfile.ten" --build-arg "REGISTRY=$REGISTRY" "$folder" || return
    record step "$1" $(((LAST - without) / STEPS))
}

large() {
    local name=$REGISTRY/bench/from-large folder=$WORK/large
    "$1_reset" >/dev/null 2>&1
    timed large "$1" memory_of "$1" "$name" -f "$folder/Dockerfile" --build-arg "REGISTRY=$REGISTRY" "$folder" || return
    record memory "$1" "$(cat "$WORK/memory")"
}

pull() { pull_image "$1" pull bench/large; }
pull10() { pull_image "$1" pull10 bench/ten; }

# pull_image PEER SCENARIO IMAGE
pull_image() {
    "$1_reset" >/dev/null 2>&1
    timed "$2" "$1" "$1_pull" "$REGISTRY/$3:latest"
}

# Docker and buildah compress while they push, this project while it builds: so building and pushing are timed together, for all.
push() {
    local name=$REGISTRY/bench/push-$1-$2-$$ folder=$WORK/push
    "$1_reset" >/dev/null 2>&1
    timed push "$1" "$1_build_push" "$name" "$folder" || return
    record pushed "$1" "$(($(skopeo inspect --raw --tls-verify=false "docker://$name" | jq '[.layers[].size] | add') / 1000))"
    timed again "$1" "$1_build_push" "$name" "$folder"
}

memory_of() { "$1_memory" "${@:2}" >"$WORK/memory"; }
