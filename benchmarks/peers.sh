# What the benchmarks compare; sourced by build/bench.sh. Every peer has the same functions:
#   X_start X_stop         the daemon, where there is one
#   X_version              for the page
#   X_reset                forget every image, layer and cached step
#   X_build NAME ARGS...   build; the image is then in the peer's own store
#   X_push NAME            the image into the registry
#   X_pull NAME            the image into the peer's own store, unpacked
#   X_build_push NAME ARGS...   both
#   X_memory ARGS...       build, and print the peak memory of the largest process in MB
# shellcheck shell=bash

# A store that nothing was in yet. The old one stays until the end, see make_file_system.
fresh_folder() {
    FRESHES=$((${FRESHES:-0} + 1))
    FRESH=$WORK/$1-$FRESHES
    sync
}

# --- this project: one program, no daemon; building and pushing is one command

stages_start() { stages_reset; }
stages_stop() { :; }
stages_reset() { fresh_folder stages && export CONTAINERSTAGES_STORE=$FRESH; }
stages_version() { echo "this project, $("$PROGRAM" --version)"; }
stages_build() { "$PROGRAM" build --progress plain -t "$1" "${@:2}"; }
stages_push() { :; }
stages_build_push() { stages_build "$1" --push "${@:2}"; }
# A step makes sure that the image is unpacked: nothing is that nobody reads.
stages_pull() { stages_build pulled -f "$WORK/pull/Dockerfile" --build-arg "IMAGE=$1" "$WORK/pull"; }
stages_memory() { peak_memory "$PROGRAM" build --progress plain -t "$1" "${@:2}"; }

# --- Docker of Debian's next release with buildx, and BuildKit in the daemon, which keeps images as containerd does (build/engines.sh)

BUILDX=$ARTIFACTS/engines/usr/libexec/docker/cli-plugins/docker-buildx
buildx_start() {
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
buildx_reset() { buildx_stop && buildx_start; }
buildx_version() { echo "$("$BUILDX" version | cut -d' ' -f2) with Docker $(with_newer $DOCKER version --format '{{.Server.Version}}')"; }
buildx_build() { with_newer "$BUILDX" build --progress plain --provenance=false --network host -t "$1" "${@:2}"; }
buildx_build_push() { buildx_build "$@" --push; }
buildx_pull() { with_newer $DOCKER pull "$1"; }
with_newer() { DOCKER_HOST=unix://$NEWER/socket BUILDX_CONFIG=$WORK/buildx "$@"; }
buildx_memory() { daemon_memory "$NEWER/pid" buildx_build "$@"; }

# --- Docker of this Debian: a daemon of our own, so that nobody's images are touched; without iptables and bridge it runs anywhere

DOCKER=/usr/bin/docker
docker_start() {
    fresh_folder docker
    export DOCKER_HOST=unix://$WORK/docker.sock DOCKER_BUILDKIT=1
    setsid dockerd --iptables=false --ip6tables=false --bridge=none --storage-driver overlay2 --data-root "$FRESH" \
        --exec-root "$WORK/docker-exec" --pidfile "$WORK/docker.pid" -H "$DOCKER_HOST" >"$WORK/dockerd.log" 2>&1 </dev/null 8>&- 9>&- &
    for _ in $(seq 200); do
        $DOCKER version >/dev/null 2>&1 && return
        sleep 0.1
    done
    tail -n 5 "$WORK/dockerd.log" >&2
    return 1
}
docker_stop() { stop_daemon "$WORK/docker.pid"; }
# stop_daemon FILE   the process whose number is in the file, where there is one
stop_daemon() {
    local pid
    pid=$(cat "$1" 2>/dev/null) || return 0
    kill "$pid" 2>/dev/null || return 0
    for _ in $(seq 100); do kill -0 "$pid" 2>/dev/null || return 0; sleep 0.1; done
    kill -9 "$pid"
}
docker_reset() { docker_stop && docker_start; }
docker_version() { echo "Docker $($DOCKER version --format '{{.Server.Version}}')"; }
docker_build() { $DOCKER build --network host --progress plain -t "$1" "${@:2}"; }
docker_push() { $DOCKER push "$1"; }
docker_build_push() { docker_build "$@" && docker_push "$1"; }
docker_pull() { $DOCKER pull "$1"; }
docker_memory() { daemon_memory "$WORK/docker.pid" docker_build "$@"; }

# daemon_memory FILE COMMAND...   the peak memory of the process whose number is in the file, while the command runs
daemon_memory() {
    local pid
    pid=$(cat "$1")
    echo 5 >"/proc/$pid/clear_refs"
    "${@:2}" >&2 && awk '/VmHWM/ { print int($2 / 1024) }' "/proc/$pid/status"
}

# --- buildah: no daemon

BUILDAH=(buildah --storage-driver overlay)
buildah_start() { buildah_reset; }
# A build may leave its working container mounted, inside the mount of the store.
buildah_stop() { awk -v work="$WORK/buildah-" 'index($2, work) == 1 { print $2 }' /proc/mounts | sort -r | xargs -r umount; }
buildah_reset() { fresh_folder buildah && BUILDAH=(buildah --storage-driver overlay --root "$FRESH" --runroot "$FRESH-run"); }
buildah_version() { buildah --version | cut -d' ' -f3; }
buildah_build() { "${BUILDAH[@]}" bud --layers --isolation chroot --tls-verify=false -t "$1" "${@:2}"; }
buildah_push() { "${BUILDAH[@]}" push --tls-verify=false "$1"; }
buildah_build_push() { buildah_build "$@" && buildah_push "$1"; }
buildah_pull() { "${BUILDAH[@]}" pull --tls-verify=false "$1"; }
buildah_memory() { peak_memory "${BUILDAH[@]}" bud --layers --isolation chroot --tls-verify=false -t "$1" "${@:2}"; }

peak_memory() {
    /usr/bin/time -o "$WORK/time" -f %M "$@" >&2 && awk 'END { print int($1 / 1024) }' "$WORK/time"
}
