#!/usr/bin/env bash
# Compares dotnet-stages with buildx of a newer Docker, and with Docker and buildah of Debian in one run, and prints ratios; as root.
#   bench.sh                      every scenario but scale and growth, three rounds
#   bench.sh --rounds N           more rounds, steadier medians
#   bench.sh --only buildx,...    some of: stages buildx docker buildah
#   bench.sh --what pull,...      some of: hello steps side copy large pull pull10 push solution edit web cache many scale growth
#   bench.sh --write              writes docs/benchmarks.md, docs/growth.md and their plots too, those whose tables the run has
source "$(dirname "$0")/lib.sh"
source "$(dirname "$0")/registry.sh"
source "$(dirname "$0")/images.sh"
source "$ROOT/benchmarks/peers.sh"
source "$ROOT/benchmarks/results.sh"
source "$ROOT/benchmarks/scenarios.sh"
source "$ROOT/benchmarks/page.sh"
source "$ROOT/benchmarks/solution.sh"
source "$ROOT/benchmarks/edit.sh"
source "$ROOT/benchmarks/web.sh"
source "$ROOT/benchmarks/cache.sh"
source "$ROOT/benchmarks/many.sh"
source "$ROOT/benchmarks/scale.sh"
source "$ROOT/benchmarks/growth.sh"

ROUNDS=3
WRITE=0
PEERS=(stages buildx docker buildah)
WHAT=(hello steps side copy large pull pull10 push solution edit web cache many)

main() {
    while [ $# -gt 0 ]; do
        case $1 in
            --rounds) ROUNDS=$2; shift 2 ;;
            --only) IFS=, read -ra PEERS <<<"$2"; shift 2 ;;
            --what) IFS=, read -ra WHAT <<<"$2"; shift 2 ;;
            --write) WRITE=1; shift ;;
            *) usage ;;
        esac
    done
    prepare
    start_peers
    [ -z "$(scenarios_asked)" ] || run_rounds
    if asked solution stages buildx; then solution "$ROUNDS"; fi
    if asked edit stages; then edit "$ROUNDS"; fi
    if asked web stages buildx; then web "$ROUNDS"; fi
    if asked cache stages buildx; then cache "$ROUNDS"; fi
    if asked many stages; then many "$ROUNDS"; fi
    if asked scale stages buildx; then scale; fi
    if asked growth stages; then growth; fi
    [ $WRITE = 0 ] || write_pages
}

# asked WHAT PEER...   a table of its own, and whom it compares
asked() {
    local peer
    case " ${WHAT[*]} " in *" $1 "*) ;; *) return 1 ;; esac
    for peer in "${@:2}"; do case " ${PEERS[*]} " in *" $peer "*) ;; *) return 1 ;; esac; done
}

# The scenarios that each peer has; the others are tables of their own.
scenarios_asked() { printf '%s\n' "${WHAT[@]}" | grep -vx -e solution -e edit -e web -e cache -e many -e scale -e growth || true; }

run_rounds() {
    make_contexts
    for round in $(seq "$ROUNDS"); do
        for peer in "${PEERS[@]}"; do
            note "round $round of $ROUNDS: $peer"
            run_scenarios "$peer" "$round"
        done
    done
    limits
    print_scenarios
}

prepare() {
    [ "$(id -u)" = 0 ] || fail "the peers' daemons and mounts want root; run it as root."
    "$ROOT/build/setup.sh" --bench
    case " ${PEERS[*]} " in
        *" stages "*) quietly "$ROOT/build/pack.sh" --no-extension || fail "build/pack.sh failed; its output stands above." ;;
    esac
    # A short path: the name of a socket may have 107 characters.
    WORK=$(mktemp -d "${TMPDIR:-/tmp}/bench.XXXXXX")
    local stop_registry=:
    registry_running || stop_registry=registry_stop
    trap "stop_peers; $stop_registry; remove_work" EXIT
    make_file_system
    "$ROOT/build/base-images.sh"
    case " ${PEERS[*]} " in *" buildx "*) "$ROOT/build/engines.sh" ;; esac
    REGISTRY=$(registry_address)
}

make_contexts() {
    cp -R "$ROOT"/benchmarks/{hello,steps,large,pull} "$WORK"
    make_large_images
    make_push_context
    make_copy_context
}

# A file system that nobody else deletes from: ext4 avoids the numbers of files deleted in the last minutes, one by one, so that whoever
# makes many files beside or after the deletion of a large tree is measured several times too slow.
make_file_system() {
    truncate -s 40G "$WORK.disk"
    mkfs.ext4 -q -F -E lazy_itable_init=1 "$WORK.disk"
    if ! mount -o loop "$WORK.disk" "$WORK"; then
        warn "no loop device can be mounted: measured on the file system of ${TMPDIR:-/tmp}, with what others do there."
    fi
}

remove_work() {
    umount "$WORK" 2>/dev/null || umount -l "$WORK" 2>/dev/null || remove_tree "$WORK"
    rm -rf "$WORK" "$WORK.disk"
}

# bench/large: one layer of 0.9 GB, the Go tree of the builder image twice. bench/ten: the same tree once, cut into ten layers.
make_large_images() {
    has_image bench/large && has_image bench/ten && return
    note "making images with one large layer and with ten (once)"
    local tree=$WORK/tree
    mkdir -p "$tree/first"
    go_tree "$tree/first"
    begin_image bench/ten amd64
    (cd "$tree" && find first | LC_ALL=C sort) >"$WORK/names"
    split -n l/10 "$WORK/names" "$WORK/part."
    for part in "$WORK"/part.*; do tar_of_folder "$tree" --no-recursion -T "$part" | add_layer; done
    finish_image '{}' latest
    cp -R "$tree/first" "$tree/second"
    begin_image bench/large amd64
    add_layer_of_folder "$tree"
    finish_image '{}' latest
}

has_image() { curl -sf -o /dev/null -I -H "Accept: $OCI.manifest.v1+json" "http://$REGISTRY/v2/$1/manifests/latest"; }

# go_tree FOLDER   the layer of the builder image that holds Go
go_tree() {
    local layer
    layer=$(skopeo inspect --tls-verify=false "docker://$REGISTRY/library/golang:latest" | jq -r '.Layers[3]')
    curl -sf "http://$REGISTRY/v2/library/golang/blobs/$layer" | pigz -dc | tar -xf - -C "$1"
}

# Half a gigabyte: the Go tree, and a tenth of what does not compress.
make_push_context() {
    mkdir -p "$WORK/push/files"
    printf 'FROM scratch\nCOPY files /\n' >"$WORK/push/Dockerfile"
    go_tree "$WORK/push/files"
    head -c 50M /dev/urandom >"$WORK/push/files/random"
}

# 20,000 files in 200 folders, 300 MB that hardly compress.
make_copy_context() {
    local folder
    mkdir -p "$WORK/copy"
    printf 'FROM scratch\nCOPY files /files/\n' >"$WORK/copy/Dockerfile"
    for folder in $(seq -w 0 199); do
        mkdir -p "$WORK/copy/files/$folder"
        head -c 1500000 /dev/urandom | split -b 15000 -d -a 2 - "$WORK/copy/files/$folder/"
    done
}

# write_packed_config FOLDER PACKAGES   the packed SDK for the projects below the folder, unpacked in a package folder of this run
write_packed_config() {
    cat >"$1/nuget.config" <<CONFIG
<configuration>
  <config><add key="globalPackagesFolder" value="$2" /></config>
  <packageSources><clear /><add key="packed" value="$ARTIFACTS/packages" /></packageSources>
</configuration>
CONFIG
}

# with_store NAME COMMAND...   a command with a store of this run and the registry on loopback
with_store() { CONTAINERSTAGES_STORE=$WORK/$1-store CONTAINERS_REGISTRIES_CONF=$ARTIFACTS/registries.conf "${@:2}"; }

# dotnet_copy FROM NAME WAY   .NET projects at $WORK/NAME-WAY, with images bench/NAME-WAY-PROJECT
dotnet_copy() {
    local folder=$WORK/$2-$3 base=''
    cp -R "$1" "$folder"
    case $3 in
        host | builder) ;;
        *) find "$folder" -name '*.csproj' -exec sed -i 's|;ContainerStages.Sdk/[0-9.]*||' {} + ;;
    esac
    # The .NET SDK reads no registries.conf, so it is told where base images are.
    [ "$3" != sdk ] || base="<ContainerBaseImage>$REGISTRY/dotnet/aspnet:10.0</ContainerBaseImage>"
    cat >"$folder/Directory.Build.props" <<PROPS
<Project><PropertyGroup>
  <ContainerRegistry>$REGISTRY</ContainerRegistry><ContainerRepository>bench/$2-$3-\$(MSBuildProjectName)</ContainerRepository>$base
</PropertyGroup></Project>
PROPS
    write_packed_config "$folder" "$WORK/$2-packages"
}

start_peers() {
    local peer started=()
    for peer in "${PEERS[@]}"; do
        if "${peer}_start"; then started+=("$peer"); else warn "$peer does not start; it is left out."; fi
    done
    PEERS=("${started[@]}")
}

stop_peers() {
    local peer
    for peer in "${PEERS[@]}"; do "${peer}_stop" >/dev/null 2>&1 || true; done
}

main "$@"
