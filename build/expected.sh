#!/usr/bin/env bash
# Writes tests/Differential.Tests/Cases/*/expected.txt again, with the Docker of Debian forky, and compares our images with its; as root. By
# hand: what a build of a pipeline needs stands in the repository.
#   expected.sh [OPTION...]                       the cases that have a newer.txt; options go to mmdebstrap, which makes the
#                                                 tree (once; a minute)
#   DIFFERENTIAL_CASES='^copy' expected.sh        those whose name matches
source "$(dirname "$0")/lib.sh"
source "$(dirname "$0")/registry.sh"

TREE=$ARTIFACTS/forky
CASES=$ROOT/tests/Differential.Tests/Cases

main() {
    [ "$(id -u)" = 0 ] || fail "the tree and its daemon want root; run it as root."
    [ -x "$PROGRAM" ] || [ -n "${CONTAINERSTAGES_TEST_PROGRAM:-}" ] || fail "run build/pack.sh first."
    "$ROOT/build/base-images.sh"
    source "$ARTIFACTS/test.env"
    [ -x "$TREE/usr/sbin/dockerd" ] || make_tree "$@"
    # A short path: the name of a socket may have 107 characters.
    WORK=$(mktemp -d "${TMPDIR:-/tmp}/expected.XXXXXX")
    trap stop EXIT
    start
    quietly dotnet build "$ROOT/tests/Differential.Tests" -nologo -v quiet || fail "the tests do not compile; the errors stand above."
    DIFFERENTIAL_DOCKER=$WORK/docker DIFFERENTIAL_CASES=${DIFFERENTIAL_CASES:-$(newer_cases)} \
        "$ARTIFACTS/bin/ContainerStages.Differential.Tests/debug/ContainerStages.Differential.Tests" --progress off
}

make_tree() {
    note "making a tree with the newer Docker (once; about a minute)"
    quietly mmdebstrap --variant=essential "$@" \
        --include=docker.io,docker-cli,docker-buildx,ca-certificates,git,xz-utils,mount forky "$TREE" ||
        fail "mmdebstrap could not make the tree; its output stands above."
}

newer_cases() { echo "^($(cd "$CASES" && ls -d ./*/newer.txt | cut -d / -f 2 | paste -sd '|'))\$"; }

# runc refuses a plain chroot: the daemon gets a mount namespace whose root is the tree.
start() {
    cat >"$WORK/inside" <<INSIDE
set -eu
mount --bind $TREE $TREE
mount -t proc proc $TREE/proc
for folder in sys dev tmp; do mount --rbind /\$folder $TREE/\$folder; done
mount -t tmpfs tmpfs $TREE/run
cp /etc/resolv.conf /etc/hosts $TREE/etc/
mkdir -p $TREE/old
cd $TREE
pivot_root . old
umount -l /old
exec dockerd --iptables=false --ip6tables=false --bridge=none --storage-driver overlay2 --log-level error --data-root $WORK/data \\
    --exec-root $WORK/exec --pidfile $WORK/pid -H unix://$WORK/socket --registry-mirror http://$CONTAINERSTAGES_TEST_REGISTRY
INSIDE
    setsid unshare --mount --propagation private bash "$WORK/inside" >"$WORK/log" 2>&1 </dev/null &
    for _ in $(seq 100); do if [ -S "$WORK/socket" ] && [ -s "$WORK/pid" ]; then break; fi; sleep 0.2; done
    [ -s "$WORK/pid" ] || fail "dockerd does not start: $(tail -n 5 "$WORK/log")"
    printf '#!/bin/sh\nexec nsenter --mount --target %s env DOCKER_HOST=unix://%s/socket DOCKER_CONFIG=%s docker "$@"\n' \
        "$(cat "$WORK/pid")" "$WORK" "$WORK" >"$WORK/docker"
    chmod +x "$WORK/docker"
}

stop() {
    if [ -s "$WORK/pid" ]; then kill "$(cat "$WORK/pid")" && sleep 3; fi
    remove_tree "$WORK"
}

main "$@"
