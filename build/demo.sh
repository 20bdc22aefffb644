#!/usr/bin/env bash
# The hello world of the Docker docs, built four ways without Docker, published to a registry and run; then compared.
source "$(dirname "$0")/lib.sh"
source "$(dirname "$0")/registry.sh"

NAMES=() TIMES=() PROBLEMS=()

main() {
    [ $# = 0 ] || usage
    prepare
    dockerfile_demo "single-stage Dockerfile" hello-single Dockerfile
    dockerfile_demo "multi-stage Dockerfile, on alpine" hello-multi Dockerfile.multistage
    project_demo "the same stages in a project file" hello-stages hello-go-stages
    project_demo "the smallest project: a Go module, no stage named, on scratch" hello-minimal hello-go-minimal
    table
    check_expectations
}

prepare() {
    title "Preparing"
    "$ROOT/build/setup.sh"
    note "packing the SDK and the native program ..."
    quietly "$ROOT/build/pack.sh" --no-extension || fail "build/pack.sh failed; its output stands above."
    if hub_reachable; then
        say "base images: the real ones, from Docker Hub"
        "$ROOT/build/base-images.sh" --registry-only
        unset CONTAINERS_REGISTRIES_CONF
        HUB=docker.io
    else
        say "base images: Docker Hub cannot be reached from here, so stand-ins made of Debian's packages"
        "$ROOT/build/base-images.sh"
        source "$ARTIFACTS/test.env"
        HUB=$(registry_address)
    fi
    REGISTRY=$(registry_address)
    say "registry:    $REGISTRY"
    export CONTAINERSTAGES_STORE=$ARTIFACTS/demo/store
    remove_tree "$ARTIFACTS/demo"
    mkdir -p "$ARTIFACTS/demo"
    # Projects are built outside of this clone, as a user's are: nothing of ours stands above them.
    WORK=$(mktemp -d "${TMPDIR:-/tmp}/containerstages-demo.XXXXXX")
    trap 'rm -rf "$WORK"' EXIT
    cp -R "$ROOT"/samples/hello-go-* "$WORK"
    find "$WORK" \( -name bin -o -name obj \) -type d -prune -exec rm -rf {} +
    package_source >"$WORK/nuget.config"
    export NUGET_PACKAGES=$WORK/.packages
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
    title "$((${#NAMES[@]} + 1)). $1"
    cd "$WORK/hello-go-dockerfile"
    show "$3"
    step "$2" "dotnet-stages build -f $3 -t $REGISTRY/$2 --push ." \
        "$PROGRAM" build -f "$3" -t "$REGISTRY/$2" --push .
}

# project_demo TITLE NAME SAMPLE
project_demo() {
    title "$((${#NAMES[@]} + 1)). $1"
    cd "$WORK/$3"
    show ./*.goproj
    step "$2" "dotnet publish -p:ContainerRegistry=$REGISTRY -p:ContainerRepository=$2" \
        dotnet publish -nodeReuse:false -p:ContainerRegistry="$REGISTRY" -p:ContainerRepository="$2"
}

show() { sed "s/^/  $DIM| /; s/\$/$PLAIN/" "$1"; }

# step NAME COMMAND-AS-SHOWN COMMAND...
step() {
    local name=$1 started output
    say "  \$ $2"
    started=$(now_ms)
    quietly "${@:3}" || fail "this build failed; its output stands above."
    NAMES+=("$name")
    TIMES+=($(($(now_ms) - started)))
    say "  \$ dotnet-stages run --rm $REGISTRY/$name"
    output=$("$PROGRAM" run --rm "$REGISTRY/$name" </dev/null) || fail "the image $name does not run."
    say "  $GREEN$output$PLAIN"
    grep -qi hello <<<"$output" || PROBLEMS+=("$name printed '$output', which is no hello")
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
