#!/usr/bin/env bash
# Package: skopeo 1.9.3+ds1-1+b10 (Debian 12).
#
# `skopeo copy IMAGE oci-archive:images.tar:two`, where images.tar has an image "one" already, writes the file anew with "two" alone. No word
# of it is printed. The same command with oci:images, a layout in a folder, adds "two" beside "one", and with docker-archive:images.tar it ends
# with the error that such archives cannot be changed.
#
# The guess that is wrong: oci-archive is an OCI layout in one file, with a name for each image in it, so a copy does to it what a copy to the
# layout does; or it refuses, as it does with the other kind of archive.
#
# Why it matters: a loop that saves the images of a release into one file ends well and leaves the last of them. It shows where the file is
# unpacked, on the network without a connection that it was made for. Copying to a layout and packing that gives what was meant.
set -euo pipefail
source "$(dirname "$0")/shared/finish.sh"
source "$(dirname "$0")/shared/skopeo.sh"

EXPECTED='oci: exit codes 0 0, images one two
oci-archive: exit codes 0 0, images two
docker-archive: exit codes 0 1, images example/app:one'

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
get_skopeo

save_image example/app:saved '{}'

# copies DESTINATION NAME NAME: exit codes of two copies.
copies() {
    local code codes=() name
    for name in "${@:2}"; do
        code=0
        skopeo copy docker-archive:saved.tar "$1$name" >>copies.log 2>&1 || code=$?
        codes+=("$code")
    done
    echo "exit codes ${codes[*]}"
}
names() { jq -r '[.manifests[].annotations["org.opencontainers.image.ref.name"]] | join(" ")'; }
seen=$(
    echo "oci: $(copies oci:layout: one two), images $(names <layout/index.json)"
    echo "oci-archive: $(copies oci-archive:images.tar: one two), images $(tar -xOf images.tar index.json | names)"
    echo "docker-archive: $(copies docker-archive:docker.tar:example/app: one two), images $(tar -xOf docker.tar manifest.json |
        jq -r '[.[].RepoTags[] | ltrimstr("docker.io/")] | join(" ")')"
)
finish "$seen"
