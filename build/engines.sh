#!/usr/bin/env bash
# A newer Docker with BuildKit and buildx for the tests of other engines, of Debian's next release: unpacked into artifacts/engines,
# not installed.
#   engines.sh              makes the folder where it lacks (once; about 20 s)
#   engines.sh --run HOME   becomes that Docker's daemon, which keeps images as containerd does, in a mount namespace whose root is the
#                           folder; as root. HOME (absolute) gets its data, log, pid and socket
source "$(dirname "$0")/lib.sh"

# A change of what is in it is a change of this name.
FOLDER=$ARTIFACTS/engines
DONE=$FOLDER/made-1

main() {
    case $# in
        0) make ;;
        2) [ "$1" = --run ] || usage; make; run "$2" ;;
        *) usage ;;
    esac
}

make() {
    mkdir -p "$ARTIFACTS"
    (
        flock 9
        [ ! -e "$DONE" ] || exit 0
        remove_tree "$FOLDER"
        # Lists of a mirror that is behind are as good for this; their signatures count.
        quietly mmdebstrap --variant=extract --aptopt='Acquire::Check-Valid-Until "false"' \
            --include=base-files,ca-certificates,docker.io,docker-buildx,mount,runc forky "$FOLDER" ||
            fail "mmdebstrap could not make a folder with a newer Docker; its output stands above."
        mkdir -p "$FOLDER/old"
        touch "$DONE"
    ) 9>"$ARTIFACTS/engines.lock"
}

# runc refuses a plain chroot.
run() {
    cat >"$1/inside" <<INSIDE
set -eu
exec >$1/log 2>&1 </dev/null
mount --bind $FOLDER $FOLDER
mount -t proc proc $FOLDER/proc
for name in sys dev; do mount --rbind /\$name $FOLDER/\$name; done
for name in run tmp; do mount -t tmpfs tmpfs $FOLDER/\$name; done
cp /etc/resolv.conf /etc/hosts $FOLDER/etc/
mkdir -p $FOLDER$1
mount --bind $1 $FOLDER$1
cd $FOLDER
pivot_root . old
umount -l /old
exec dockerd --feature containerd-snapshotter=true --iptables=false --ip6tables=false --bridge=none --log-level error \
    --data-root $1/data --exec-root $1/exec --pidfile $1/pid -H unix://$1/socket
INSIDE
    exec unshare --mount --propagation private bash "$1/inside"
}

main "$@"
