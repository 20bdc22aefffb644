#!/usr/bin/env bash
# A newer Docker with BuildKit and buildx for the tests of other engines, of Debian's next release: unpacked into artifacts/engines,
# not installed.
#   engines.sh         makes the folder where it lacks (once; about 20 s)
source "$(dirname "$0")/lib.sh"

# A change of what is in it is a change of this name.
FOLDER=$ARTIFACTS/engines
DONE=$FOLDER/made-1

main() {
    [ $# = 0 ] || usage
    mkdir -p "$ARTIFACTS"
    exec 9>"$ARTIFACTS/engines.lock"
    flock 9
    [ ! -e "$DONE" ] || return 0
    remove_tree "$FOLDER"
    # Lists of a mirror that is behind are as good for this; their signatures count.
    quietly mmdebstrap --variant=extract --aptopt='Acquire::Check-Valid-Until "false"' \
        --include=base-files,ca-certificates,docker.io,docker-buildx,mount,runc forky "$FOLDER" ||
        fail "mmdebstrap could not make a folder with a newer Docker; its output stands above."
    mkdir -p "$FOLDER/old"
    touch "$DONE"
}

main "$@"
