#!/usr/bin/env bash
# Compares dotnet-stages with Docker and buildah of Debian in one run, and prints ratios; as root.
#   bench.sh                      every scenario but scale, three rounds
#   bench.sh --rounds N           more rounds, steadier medians
#   bench.sh --only docker,...    some of: stages docker buildah
#   bench.sh --what pull,...      some of: hello steps large pull pull10 push solution edit web cache scale
source "$(dirname "$0")/lib.sh"
source "$(dirname "$0")/registry.sh"
source "$(dirname "$0")/images.sh"
source "$ROOT/benchmarks/peers.sh"
source "$ROOT/benchmarks/scenarios.sh"
source "$ROOT/benchmarks/solution.sh"
source "$ROOT/benchmarks/edit.sh"
source "$ROOT/benchmarks/web.sh"
source "$ROOT/benchmarks/cache.sh"
source "$ROOT/benchmarks/scale.sh"

ROUNDS=3
PEERS=(stages docker buildah)
WHAT=(hello steps large pull pull10 push solution edit web cache)

main() {
    while [ $# -gt 0 ]; do
        case $1 in
            --rounds) ROUNDS=$2; shift 2 ;;
            --only) IFS=, read -ra PEERS <<<"$2"; shift 2 ;;
            --what) IFS=, read -ra WHAT <<<"$2"; shift 2 ;;
            *) usage ;;
        esac
    done
    prepare
    start_peers
    [ -z "$(scenarios_asked)" ] || run_rounds
    case " ${WHAT[*]} : ${PEERS[*]} " in *" solution "*:*" stages docker "*) solution "$ROUNDS" ;; esac
    case " ${WHAT[*]} : ${PEERS[*]} " in *" edit "*:*" stages "*) edit "$ROUNDS" ;; esac
    case " ${WHAT[*]} : ${PEERS[*]} " in *" web "*:*" stages docker "*) web "$ROUNDS" ;; esac
    case " ${WHAT[*]} : ${PEERS[*]} " in *" cache "*:*" stages "*) cache "$ROUNDS" ;; esac
    case " ${WHAT[*]} : ${PEERS[*]} " in *" scale "*:*" stages "*) scale ;; esac
}

# The scenarios that each peer has; the others are tables of their own.
scenarios_asked() { printf '%s\n' "${WHAT[@]}" | grep -vx -e solution -e edit -e web -e cache -e scale || true; }

run_rounds() {
    make_contexts
    for round in $(seq "$ROUNDS"); do
        for peer in "${PEERS[@]}"; do
            note "round $round of $ROUNDS: $peer"
            run_scenarios "$peer" "$round"
        done
    done
    print_table
}

prepare() {
    [ "$(id -u)" = 0 ] || fail "the peers' daemons and mounts want root; run it as root."
    "$ROOT/build/setup.sh" --bench
    case " ${PEERS[*]} " in *" stages "*) quietly "$ROOT/build/pack.sh" --no-extension || fail "build/pack.sh failed; its output stands above." ;; esac
    # A short path: the name of a socket may have 107 characters.
    WORK=$(mktemp -d "${TMPDIR:-/tmp}/bench.XXXXXX")
    local stop_registry=:
    registry_running || stop_registry=registry_stop
    trap "stop_peers; buildx_stop; scale_end; $stop_registry; remove_work" EXIT
    make_file_system
    "$ROOT/build/base-images.sh"
    REGISTRY=$(registry_address)
}

make_contexts() {
    cp -R "$ROOT"/benchmarks/{hello,steps,large,pull} "$WORK"
    make_large_images
    make_push_context
}

# A file system that nobody else deletes from: ext4 avoids the numbers of files deleted in the last minutes, one by one, so that whoever makes
# many files beside or after the deletion of a large tree is measured several times too slow.
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

# --- results: one file per scenario and peer, one number per line

# record SCENARIO PEER NUMBER
record() { echo "$3" >>"$WORK/result.$1.$2"; }

# timed SCENARIO PEER COMMAND...   records milliseconds; a failure is told and leaves no number
timed() {
    local started log=$WORK/log
    : >"$WORK/asked.$1"
    started=$(now_ms)
    if "${@:3}" >"$log" 2>&1 </dev/null; then
        LAST=$(($(now_ms) - started))
        record "$1" "$2" "$LAST"
    else
        warn "$2 failed in '$1':"
        tail -n 5 "$log" >&2
        LAST=''
        return 1
    fi
}

median() {
    [ -s "$WORK/result.$1.$2" ] || return 0
    sort -n "$WORK/result.$1.$2" | awk '{ v[NR] = $1 } END { print NR % 2 ? v[(NR + 1) / 2] : (v[NR / 2] + v[NR / 2 + 1]) / 2 }'
}

# Rows of scenarios that --what left out say nothing.
was_asked() { ls "$WORK/result.$1".* >/dev/null 2>&1 || ls "$WORK/asked.$1" >/dev/null 2>&1; }

print_table() {
    title "dotnet-stages against its peers: medians of $ROUNDS rounds in one run on this machine, smaller is better"
    printf '%-40s %10s %10s %10s %9s %9s  %s\n' '' stages docker buildah /docker /buildah wanted
    local scenario text unit wanted
    while IFS='|' read -r scenario text unit wanted; do
        was_asked "$scenario" || continue
        print_row "$scenario" "$text" "$unit" "$wanted"
    done <<<"$SCENARIOS"
}

# print_row SCENARIO TEXT UNIT WANTED
print_row() {
    local stages docker buildah
    stages=$(median "$1" stages) docker=$(median "$1" docker) buildah=$(median "$1" buildah)
    printf '%-40s %10s %10s %10s %9s %9s  %s\n' "$2" "$(figure "$1" stages "$3")" "$(figure "$1" docker "$3")" "$(figure "$1" buildah "$3")" \
        "$(ratio "$stages" "$docker")" "$(ratio "$stages" "$buildah")" "$(verdict "$4" "$stages" "$docker" "$buildah")"
}

# figure SCENARIO PEER UNIT; a peer that ran and left no number failed, and the table says so
figure() {
    local number
    number=$(median "$1" "$2")
    case " ${PEERS[*]} " in *" $2 "*) echo "${number:-failed}${number:+ $3}" ;; *) echo - ;; esac
}

# verdict WANTED STAGES DOCKER BUILDAH   WANTED: pairs of a ratio and a peer
verdict() {
    awk -v wanted="$1" -v stages="$2" -v docker="$3" -v buildah="$4" 'BEGIN {
        count = split(wanted, part, " ")
        for (i = 1; i < count; i += 2) {
            peer = part[i + 1]
            against = peer == "better" ? (buildah == "" || (docker != "" && docker < buildah) ? docker : buildah) + 0 : peer == "docker" ? docker : peer == "buildah" ? buildah : 1
            met = stages == "" || against == "" || against == 0 ? "?" : stages <= part[i] * against ? "met" : "NOT MET"
            printf "%s<= %s, %s", (i > 1 ? "; " : ""), (peer == "MB" ? part[i] " MB" : part[i] " of " (peer == "better" ? "the better" : peer)), met
        }
    }'
}

ratio() {
    if [ -z "$1" ] || [ -z "$2" ]; then echo -; else awk -v a="$1" -v b="$2" 'BEGIN { if (b > 0) printf "%.2f", a / b; else print "-" }'; fi
}

main "$@"
