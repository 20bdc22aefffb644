# An image whose programs truly are for another processor, of Debian's packages; sourced after images.sh, never run. Needs a folder in WORK.
# shellcheck shell=bash

FOREIGN=arm64

# make_busybox_index ROOT: library/busybox, the same files for amd64 and for arm64. A RUN on the second needs an emulator (setup.sh
# --tests).
make_busybox_index() {
    local root=$WORK/busybox tar=$WORK/busybox.tar architecture
    # Nothing of the package is run, so the machine need not know the architecture.
    quietly mmdebstrap --variant=extract --architectures=$FOREIGN --include=busybox-static bookworm "$tar" ||
        fail "mmdebstrap could not fetch busybox for $FOREIGN; its output stands above."
    cp -a "$1" "$root"
    for architecture in amd64 $FOREIGN; do
        [ $architecture = amd64 ] || bsdtar -xOf "$tar" '*bin/busybox' >"$root/bin/busybox"
        begin_image library/busybox $architecture
        add_layer_of_folder "$root"
        finish_image '{ "Env": ["PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"], "Cmd": ["/bin/sh"] }' $architecture
        cp "$WORK/manifest" "$WORK/busybox-$architecture"
    done
    push_index library/busybox latest amd64 "$WORK/busybox-amd64" $FOREIGN "$WORK/busybox-$FOREIGN"
}
