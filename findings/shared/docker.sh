# Docker of Debian forky, its daemon and BuildKit, in a folder of its own; sourced, never run. Needs root and mmdebstrap; a minute or two.
# MORE_PACKAGES, when it is set, names packages (NAME=VERSION, with commas) that stand beside it in that folder.
# shellcheck shell=bash
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/finish.sh"

[ "$(id -u)" = 0 ] || { echo "needs root" >&2; exit 2; }
work=$(mktemp -d /tmp/finding.XXXXXX)
trap 'stop; umount -R "$work/tree" 2>/dev/null || true; rm -rf --one-file-system "$work"' EXIT
stop() { if [ -s "$work/tree/run/docker.pid" ]; then kill "$(cat "$work/tree/run/docker.pid")" && sleep 3; fi; }

mmdebstrap --quiet --variant=essential --aptopt='Acquire::Check-Valid-Until "false"' \
    --include="docker.io=28.5.2+dfsg4-5,docker-cli,docker-buildx=0.29.1+ds1-4,ca-certificates${MORE_PACKAGES:+,$MORE_PACKAGES}" forky "$work/tree" >"$work/log" 2>&1 || { cat "$work/log" >&2; exit 2; }
# Unpacking an archive wants a root folder that is a mount.
mount --bind --make-private "$work/tree" "$work/tree"
for folder in proc sys dev; do mount --rbind --make-rslave /$folder "$work/tree/$folder"; done
chroot "$work/tree" dockerd --iptables=false --ip6tables=false --bridge=none --storage-driver vfs --log-level error --pidfile /run/docker.pid \
    -H unix:///run/docker.sock >"$work/log" 2>&1 &
for _ in $(seq 150); do [ -S "$work/tree/run/docker.sock" ] && break; sleep 0.2; done
[ -S "$work/tree/run/docker.sock" ] || { cat "$work/log" >&2; exit 2; }

# The build context, /context for docker.
context=$work/tree/context
mkdir "$context"
docker() { chroot "$work/tree" env DOCKER_HOST=unix:///run/docker.sock docker "$@"; }

# build [OPTION...]: builds the context; $out is the image's files then.
out=$work/tree/out
build() {
    rm -rf "$out"
    docker build --quiet --output type=local,dest=/out "$@" /context >"$work/build.log" 2>&1
}
