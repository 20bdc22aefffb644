# The scenarios of build/bench.sh; sourced.
# name|what it is|unit|wanted: a ratio, against whom ("best": the best of all peers); pairs, or one number in MB
# shellcheck shell=bash
SCENARIOS='cold|cold: pull bases, compile, push|ms|0.35 best
change|one source line changed, push|ms|0.45 best
nothing|nothing changed, push|ms|0.20 best
step|one of 30 RUN steps that write a file|ms|0.12 best
side|8 independent stages that sleep a second each|ms|0.60 best
copy|COPY of 20,000 files, 300 MB, push|ms|0.30 best
touch|... the same, one file changed|ms|0.15 best
large|pull and unpack a layer of 0.9 GB, read one file|ms|0.40 best
memory|... peak memory of the largest process|MB|150 MB 0.40 best
pull|pull an image of one layer of 0.9 GB|ms|0.40 best
pull10|pull an image of ten layers, 0.5 GB|ms|0.40 best
push|build and push a layer of 0.5 GB|ms|0.35 best
pushed|... its size in the registry|kB|1.05 best
again|... build and push it again, unchanged|ms|0.20 best'

STEPS=30

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
    timed change "$1" "$1_build_push" "$name" --build-arg "REGISTRY=$REGISTRY" "$folder" || return
    timed nothing "$1" "$1_build_push" "$name" --build-arg "REGISTRY=$REGISTRY" "$folder"
}

# RUN steps that each write a file, less the same build without them.
steps() {
    local name=$REGISTRY/bench/steps folder=$WORK/steps without
    echo "warm $1 $2 $$" >"$folder/round"
    timed warm "$1" "$1_build" "$name" -f "$folder/Dockerfile.none" --build-arg "REGISTRY=$REGISTRY" "$folder" || return
    echo "none $1 $2 $$" >"$folder/round"
    timed none "$1" "$1_build" "$name" -f "$folder/Dockerfile.none" --build-arg "REGISTRY=$REGISTRY" "$folder" || return
    without=$LAST
    echo "steps $1 $2 $$" >"$folder/round"
    timed steps "$1" "$1_build" "$name" -f "$folder/Dockerfile.steps" --build-arg "REGISTRY=$REGISTRY" "$folder" || return
    record step "$1" $(((LAST - without) / STEPS))
}

# Stages that only wait, and an image that copies from each; their base is there already.
side() {
    local name=$REGISTRY/bench/side folder=$WORK/steps
    echo "warm $1 $2 $$" >"$folder/round"
    timed warm "$1" "$1_build" "$name" -f "$folder/Dockerfile.none" --build-arg "REGISTRY=$REGISTRY" "$folder" || return
    timed side "$1" "$1_build" "$name" -f "$folder/Dockerfile.side" --build-arg "REGISTRY=$REGISTRY" "$folder"
}

# The files hardly compress, as pictures and archives do not. The store is empty, the daemon warm.
copy() {
    local name=$REGISTRY/bench/copy-$1-$2-$$ folder=$WORK/copy
    "$1_reset" >/dev/null 2>&1
    head -c 15000 /dev/urandom >"$folder/files/007/07"
    timed copy "$1" "$1_build_push" "$name" "$folder" || return
    head -c 15000 /dev/urandom >"$folder/files/100/42"
    timed touch "$1" "$1_build_push" "$name" "$folder"
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

# What plain tools of this machine need for the main part of some scenarios.
limits() {
    local round
    if was_asked side; then record side machine 1000; fi
    for round in $(seq "$ROUNDS"); do
        if was_asked copy; then
            timed copy machine copy_tree || true
            timed touch machine tar_sum || true
        fi
        if was_asked pull; then timed pull machine gunzip_layer || true; fi
    done
}

copy_tree() { fresh_folder tree && cp -R "$WORK/copy/files" "$FRESH"; }
tar_sum() { tar -C "$WORK/copy" -cf - files | sha256sum; }
gunzip_layer() {
    local layer
    layer=$(skopeo inspect --tls-verify=false "docker://$REGISTRY/bench/large:latest" | jq -r '.Layers[0]')
    curl -sf "http://$REGISTRY/v2/bench/large/blobs/$layer" | pigz -dc >/dev/null
}
