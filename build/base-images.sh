#!/usr/bin/env bash
# Base images for machines without Docker Hub, made of Debian's packages and this machine's .NET SDK, in a registry on loopback.
# Leaves artifacts/registries.conf (docker.io and mcr.microsoft.com are looked for there first) and artifacts/test.env (to source).
#   base-images.sh                   makes what lacks, starts the registry where none runs
#   base-images.sh --only go         makes golang and alpine alone, which is what the demo needs; a later full run makes the rest
#   base-images.sh --stop            stops it
#   base-images.sh --registry-only   starts the registry, makes no image
#   base-images.sh --running         exit code 0 when it runs
source "$(dirname "$0")/lib.sh"
source "$(dirname "$0")/registry.sh"
source "$(dirname "$0")/images.sh"
source "$(dirname "$0")/foreign-images.sh"
source "$(dirname "$0")/dotnet-images.sh"

# A change of how images are made is a change of this name.
RECIPE=3

main() {
    case "$*" in
        --stop) registry_stop; exit ;;
        --running) registry_running; exit ;;
        --registry-only) registry_start; exit ;;
        '--only go') make_all go ;;
        '') make_all go foreign dotnet ;;
        *) usage ;;
    esac
}

# make_all KIND...: side by side, since each mostly waits for packages. A subshell each, with a folder of its own.
make_all() {
    local kind job failed=0 jobs=()
    registry_start
    exec 9>"$REGISTRY_DIR/images.lock"
    flock 9
    for kind in "$@"; do
        (make_once "$kind-images-$(recipe_of "$kind")" "make_${kind}_images") &
        jobs+=($!)
    done
    for job in "${jobs[@]}"; do wait "$job" || failed=1; done
    [ $failed = 0 ] || exit 1
    write_settings
}

recipe_of() { if [ "$1" = dotnet ]; then echo "$DOTNET_RECIPE"; else echo "$RECIPE"; fi; }

# make_once NAME FUNCTION
make_once() {
    [ ! -e "$REGISTRY_DIR/$1" ] || return 0
    WORK=$(mktemp -d "${TMPDIR:-/tmp}/base-images.XXXXXX")
    trap 'remove_tree "$WORK"' EXIT
    local started
    started=$(now_ms)
    say "making ${1%-*} (once; a minute or so)"
    "$2"
    touch "$REGISTRY_DIR/$1"
    say "made ${1%-*} in $(seconds $(($(now_ms) - started)))"
    remove_tree "$WORK"
}

# library/alpine, library/golang
make_go_images() {
    make_busybox_image
    make_golang_image
}

# library/busybox, library/foreign, library/both
make_foreign_images() {
    busybox_root "$WORK/alpine"
    make_busybox_index "$WORK/alpine"
    make_images_of_two
}

# --- images

# library/alpine
make_busybox_image() {
    busybox_root "$WORK/alpine"
    begin_image library/alpine amd64
    add_layer_of_folder "$WORK/alpine"
    finish_image '{ "Env": ["PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"], "Cmd": ["/bin/sh"] }' latest 3.22
}

# busybox_root FOLDER: a distribution that is only busybox, as alpine is with musl.
busybox_root() {
    local root=$1
    mkdir -p "$root"/{bin,dev,etc,home,lib,mnt,opt,proc,root,run,sbin,srv,sys,tmp,usr/bin,usr/local/bin,usr/sbin,var/cache,var/log,var/tmp}
    chmod 700 "$root/root"
    chmod 1777 "$root/tmp" "$root/var/tmp"
    cp "$(command -v busybox)" "$root/bin/busybox"
    busybox --list-full | while read -r applet; do
        [ "$applet" = bin/busybox ] || ln -s /bin/busybox "$root/$applet" 2>/dev/null || true
    done
    printf '%s\n' 'root:x:0:0:root:/root:/bin/sh' 'nobody:x:65534:65534:nobody:/:/sbin/nologin' >"$root/etc/passwd"
    printf '%s\n' 'root:x:0:root' 'nobody:x:65534:' >"$root/etc/group"
    printf '%s\n' 'NAME="Busybox of Debian"' 'ID=busybox' "VERSION_ID=$(busybox | sed -n '1s/^BusyBox v\([0-9.]*\).*/\1/p')" \
        >"$root/etc/os-release"
}

# An image that this machine cannot run, and one with a choice of two.
make_images_of_two() {
    local root=$WORK/foreign
    mkdir -p "$root/etc"
    echo arm64 >"$root/etc/architecture"
    begin_image library/foreign arm64
    add_layer_of_folder "$root"
    finish_image '{ "Cmd": ["/bin/sh"] }' latest
    local architecture
    for architecture in amd64 arm64; do
        echo $architecture >"$root/etc/architecture"
        begin_image library/both $architecture
        add_layer_of_folder "$root"
        finish_image '{ "Cmd": ["/bin/sh"] }' $architecture
        cp "$WORK/manifest" "$WORK/both-$architecture"
    done
    push_index library/both latest amd64 "$WORK/both-amd64" arm64 "$WORK/both-arm64"
}

# Debian with its Go, cut into the five layers that the official image has too.
make_golang_image() {
    local tar=$WORK/golang.tar
    local go=("./usr/lib/go" "./usr/lib/go-*" "./usr/share/go-*" "./usr/bin/go" "./usr/bin/gofmt")
    local certificates=("./etc/ssl/*" "./etc/ca-certificates*" "./usr/share/ca-certificates")
    local leave_out=()
    for folder in man doc locale info lintian bash-completion; do leave_out+=("--dpkgopt=path-exclude=/usr/share/$folder/*"); done
    SOURCE_DATE_EPOCH=$EPOCH quietly mmdebstrap --variant=essential --include=golang-go,ca-certificates "${leave_out[@]}" bookworm "$tar" ||
        fail "mmdebstrap could not make a Debian root; its output stands above."
    local root=$WORK/gopath
    mkdir -p "$root"/{go/bin,go/src,usr/local,etc}
    chmod 1777 "$root"/go{,/bin,/src}
    ln -s ../lib/go "$root/usr/local/go"
    echo 'hosts: files dns' >"$root/etc/nsswitch.conf"

    local version
    version=$(bsdtar -xOf "$tar" './usr/lib/go-*/VERSION' | head -n 1)

    begin_image library/golang amd64
    bsdtar -cf - --exclude './dev/*' --exclude './proc/*' --exclude './sys/*' --exclude ./etc/nsswitch.conf \
        "${go[@]/#/--exclude=}" "${certificates[@]/#/--exclude=}" "@$tar" | add_layer
    bsdtar -cf - "${certificates[@]/#/--include=}" "@$tar" | add_layer
    tar_of_folder "$root" ./etc/nsswitch.conf | add_layer
    bsdtar -cf - "${go[@]/#/--include=}" "@$tar" | add_layer
    tar_of_folder "$root" ./go ./usr/local/go | add_layer
    # No C compiler is inside; later Go releases then switch cgo off by themselves, 1.19 has to be told.
    finish_image '{ "Env": ["PATH=/go/bin:/usr/local/go/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
        "GOLANG_VERSION='"${version#go}"'", "GOPATH=/go", "CGO_ENABLED=0"], "Cmd": ["/bin/sh"], "WorkingDir": "/go" }' \
        1.14.4-alpine 1.14-alpine 1.19-alpine 1.19 alpine latest
}

# --- settings for those who use the images

write_settings() {
    mkdir -p "$ARTIFACTS"
    write_if_changed "$ARTIFACTS/registries.conf" <<CONF
# Written by build/base-images.sh: images of Docker Hub and of Microsoft come from the registry of this clone.
unqualified-search-registries = ["docker.io"]

[[registry]]
location = "docker.io"
  [[registry.mirror]]
  location = "$(registry_address)"
  insecure = true

[[registry]]
location = "mcr.microsoft.com"
  [[registry.mirror]]
  location = "$(registry_address)"
  insecure = true

[[registry]]
location = "$(registry_address)"
insecure = true
CONF
    write_if_changed "$ARTIFACTS/test.env" <<ENV
# Written by build/base-images.sh; source it.
export CONTAINERSTAGES_TEST_REGISTRY=$(registry_address)
export CONTAINERS_REGISTRIES_CONF=$ARTIFACTS/registries.conf
ENV
}

write_if_changed() {
    local text
    text=$(cat)
    [ "$text" = "$(cat "$1" 2>/dev/null)" ] || printf '%s\n' "$text" >"$1"
}

main "$@"
