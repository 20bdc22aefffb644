#!/usr/bin/env bash
# The hello world of the Docker docs, built four ways without Docker, published to a registry and run; then compared.
source "$(dirname "$0")/lib.sh"
source "$(dirname "$0")/registry.sh"

NAMES=() TIMES=() PROBLEMS=()

main() {
    [ $# = 0 ] || usage
    prepare
    dockerfile_demo "single-stage Dockerfile" example Dockerfile
    dockerfile_demo "multi-stage Dockerfile, on alpine" example-multistage Dockerfile.multistage
    project_demo "the same stages in a project file" example-stages hello-go-stages
    project_demo "the smallest project: a Go module, no stage named, on scratch" example-minimal hello-go-minimal
    look_at_images
    table
    check_expectations
}

# The compiler keeps one core busy, Debian's packages and images the other. What may ask for a password stays in front.
prepare() {
    title "Preparing"
    say "compiling; beside it Debian's packages and base images"
    say "the first time this takes three minutes or so with two cores, later a second"
    trap finish EXIT
    WORK=$(mktemp -d "${TMPDIR:-/tmp}/containerstages-demo.XXXXXX")
    local compiling images
    beside "$ROOT/build/pack.sh" --no-extension --compile >"$WORK/compile.log" 2>&1
    compiling=$!
    "$ROOT/build/setup.sh"
    find_hub
    beside base_images
    images=$!
    wait $compiling || { cat "$WORK/compile.log" >&2; fail "the program does not compile; the errors stand above."; }
    quietly "$ROOT/build/pack.sh" --no-extension || fail "build/pack.sh failed; its output stands above."
    wait $images || fail "the base images could not be made; the reason stands above."
    use_hub
    export CONTAINERSTAGES_STORE=$ARTIFACTS/demo/store
    clear_store
    # Projects are built outside of this clone, as a user's are: nothing of ours stands above them.
    cp -R "$ROOT"/samples/hello-go-* "$WORK"
    find "$WORK" \( -name bin -o -name obj \) -type d -prune -exec rm -rf {} +
    package_source >"$WORK/nuget.config"
    export NUGET_PACKAGES=$WORK/.packages
}

# Every build begins with nothing. What Go compiled of its own library stays, as on any machine that has built before.
clear_store() {
    local entry
    for entry in "$CONTAINERSTAGES_STORE"/*; do
        case $entry in */caches) ;; *) remove_tree "$entry" ;; esac
    done
}

# beside COMMAND...: in a group of its own, which ends as a whole when this script ends before it.
beside() {
    set -m
    "$@" </dev/null &
    set +m
}

finish() {
    local job
    for job in $(jobs -p); do kill -- "-$job" 2>/dev/null || :; done
    rm -rf "$WORK"
}

find_hub() {
    if hub_reachable; then
        HUB=docker.io
        say "base images: the real ones, from Docker Hub"
    else
        HUB=''
        say "base images: Docker Hub cannot be reached from here, so stand-ins made of Debian's packages"
    fi
}

base_images() {
    if [ -n "$HUB" ]; then "$ROOT/build/base-images.sh" --registry-only; else "$ROOT/build/base-images.sh" --only go; fi
}

use_hub() {
    REGISTRY=$(registry_address)
    say "registry:    $REGISTRY"
    if [ -n "$HUB" ]; then unset CONTAINERS_REGISTRIES_CONF; else
        source "$ARTIFACTS/test.env"
        HUB=$REGISTRY
    fi
}

hub_reachable() {
    case $(curl -s -m 3 -o /dev/null -w '%{http_code}' https://registry-1.docker.io/v2/) in 200 | 401) ;; *) return 1 ;; esac
}

package_source() {
    cat <<CONFIG
<configuration>
  <packageSources>
    <clear />
    <add key="clone" value="$ARTIFACTS/packages" />
  </packageSources>
</configuration>
CONFIG
}

# dockerfile_demo TITLE NAME DOCKERFILE
dockerfile_demo() {
    local file=()
    [ "$3" = Dockerfile ] || file=(-f "$3")
    title "$((${#NAMES[@]} + 1)). $1"
    cd "$WORK/hello-go-dockerfile"
    show "$3"
    with_docker "docker build -t $2 ${file[*]:+${file[*]} }."
    build "$2" "$PROGRAM" build -t "$2" "${file[@]}" .
    run "$2" "$2"
    # Everything is built already: this only pushes.
    with_docker "docker push $REGISTRY/$2"
    step "$PROGRAM" build -t "$REGISTRY/$2" "${file[@]}" --push .
}

# project_demo TITLE NAME SAMPLE
project_demo() {
    title "$((${#NAMES[@]} + 1)). $1"
    cd "$WORK/$3"
    show ./*.goproj
    build "$2" dotnet publish -p:ContainerRegistry="$REGISTRY" -p:ContainerRepository="$2"
    run "$2" "$REGISTRY/$2"
}

show() { sed "s/^/  $DIM| /; s/\$/$PLAIN/" "$1"; }

with_docker() { note "  with Docker: $1"; }

# build NAME COMMAND...
build() {
    local started
    started=$(now_ms)
    step "${@:2}"
    NAMES+=("$1")
    TIMES+=($(($(now_ms) - started)))
}

# step COMMAND...
step() {
    say "  \$ $(basename "$1") ${*:2}"
    MSBUILDDISABLENODEREUSE=1 quietly "$@" || fail "this build failed; its output stands above."
}

# run NAME IMAGE
run() {
    local output
    with_docker "docker run --rm $2"
    say "  \$ dotnet-stages run --rm $2"
    output=$("$PROGRAM" run --rm "$2" </dev/null) || fail "the image $2 does not run."
    say "  $GREEN$output$PLAIN"
    grep -qi hello <<<"$output" || PROBLEMS+=("$1 printed '$output', which is no hello")
}

look_at_images() {
    local format='{{range .RootFS.Layers}}{{println .}}{{end}}' image
    title "What is in the store"
    with_docker "docker image ls"
    ask images
    for image in example example-multistage; do
        with_docker "docker inspect -f '$format' $image"
        ask inspect -f "$format" $image
    done
}

# ask ARGUMENT...: shows what the program says.
ask() {
    say "  \$ dotnet-stages $(sed "s/'\([a-z-]*\)'/\1/g" <<<"${*@Q}")"
    "$PROGRAM" "$@" | sed '/^$/d; s/^/  /'
}

# --- what came out, read back from the registry and not asked of the builder

layers_of() { skopeo inspect --tls-verify=false "docker://$1" | jq -r '.Layers[]'; }

# Bytes of the image's layers, unpacked.
size_of() {
    local digest total=0
    for digest in $(layers_of "$REGISTRY/$1"); do
        total=$((total + $(curl -sfL "http://$REGISTRY/v2/$1/blobs/$digest" | pigz -dc | wc -c)))
    done
    echo $total
}

table() {
    title "Four images"
    local i
    LAYERS=() SIZES=()
    printf '  %-16s %6s %12s %20s %12s\n' IMAGE LAYERS SIZE 'OF SINGLE-STAGE' 'BUILD TIME'
    for i in "${!NAMES[@]}"; do
        LAYERS+=("$(layers_of "$REGISTRY/${NAMES[i]}" | wc -l)")
        SIZES+=("$(size_of "${NAMES[i]}")")
        printf '  %-16s %6d %12s %20s %12s\n' "${NAMES[i]}" "${LAYERS[i]}" "$(megabytes "${SIZES[i]}")" \
            "$(percent "${SIZES[i]}" "${SIZES[0]}")" "$(seconds "${TIMES[i]}")"
    done
    note "  Sizes are unpacked. The first build also fetched the Go image, the second the runtime image."
    note "  The builds of projects include the push; that on scratch compiles Go's library the first time."
}

megabytes() { awk -v n="$1" 'BEGIN { printf "%.2f MB", n / 1e6 }'; }
percent() { awk -v n="$1" -v of="$2" 'BEGIN { printf "%.2f %%", 100 * n / of }'; }

check_expectations() {
    local base_layers
    base_layers=$(layers_of "$HUB/library/alpine:latest" | wc -l)
    expect $((SIZES[1] * 50 < SIZES[0])) "the multi-stage image is below 2 % of the single-stage image"
    expect $((LAYERS[1] == base_layers + 1)) "the multi-stage image is alpine and one layer"
    expect $((SIZES[2] * 50 < SIZES[0])) "the project's image is below 2 % of the single-stage image"
    expect $((LAYERS[2] == base_layers + 1)) "the project's image is alpine and one layer"
    expect $((LAYERS[3] == 1)) "the image on scratch has one layer"
    expect $((SIZES[3] < 2000000)) "the image on scratch is below 2 MB"
    say ""
    if [ ${#PROBLEMS[@]} -gt 0 ]; then
        for problem in "${PROBLEMS[@]}"; do warn "not as expected: $problem"; done
        exit 1
    fi
    say "All as expected. The images are in the registry at $REGISTRY until: build/base-images.sh --stop"
    say "To look further:  export CONTAINERSTAGES_STORE=$CONTAINERSTAGES_STORE; ${PROGRAM#"$ROOT"/} images"
}

expect() { if [ "$1" = 1 ]; then say "  ${GREEN}ok$PLAIN  $2"; else PROBLEMS+=("$2"); fi; }

main "$@"
