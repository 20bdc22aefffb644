# buildah of Debian forky beside Docker, to build one context with both; sourced, never run. Needs root and mmdebstrap; a minute or two.
# shellcheck shell=bash
MORE_PACKAGES=buildah=1.43.2+ds1-3+b1,netavark
source "$(dirname "${BASH_SOURCE[0]}")/docker.sh"

mkdir -p "$work/tree/etc/containers"
echo '{ "default": [{ "type": "insecureAcceptAnything" }] }' >"$work/tree/etc/containers/policy.json"
buildah() { chroot "$work/tree" buildah --storage-driver vfs "$@"; }

# dockerfile LINE...: the Dockerfile of the context.
dockerfile() { printf '%s\n' "$@" >"$context/Dockerfile"; }

# by_docker, by_buildah: build the context; $root has the image's files then, and $config its configuration.
by_docker() {
    root=$work/tree/by-docker
    rm -rf "$root"
    mkdir "$root"
    docker build --quiet -t finding --output type=tar,dest=/by-docker.tar /context >"$work/build.log" 2>&1 || { cat "$work/build.log" >&2; exit 2; }
    tar -C "$root" --numeric-owner --warning=no-timestamp -xpf "$root.tar"
    docker build --quiet -t finding /context >"$work/build.log" 2>&1 || { cat "$work/build.log" >&2; exit 2; }
    config=$(docker inspect --format '{{json .Config}}' finding)
}
by_buildah() {
    buildah build --quiet --isolation chroot -t finding /context >"$work/build.log" 2>&1 || { cat "$work/build.log" >&2; exit 2; }
    root=$work/tree$(buildah mount "$(buildah from finding)")
    config=$(buildah inspect --type image finding | jq -c .OCIv1.config)
}

# both TEXT FUNCTION: what the function says of each.
both() {
    by_docker
    printf '%s: Docker %s' "$1" "$($2)"
    by_buildah
    printf '; buildah %s\n' "$($2)"
}
