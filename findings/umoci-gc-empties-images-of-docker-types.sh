#!/usr/bin/env bash
# Package: umoci 0.4.7+ds-3+b7 (Debian 12).
#
# `umoci gc` of an OCI layout whose index also lists a manifest of Docker's media type deletes that image's configuration and layers. Its manifest stays, and
# the index lists it as before. The collection ends with exit code 0 and no word that it met a type that it cannot follow.
#
# The guess that is wrong: a collection deletes what nothing refers to; and where it cannot tell what a manifest refers to, it keeps everything, or stops.
#
# Why it matters: tools that copy images into a layout without changing their digests (crane, oras and regctl do) put manifests of Docker's types there, since
# image-spec lets an index have any. `umoci ls` shows the emptied image like the others; whoever copies it out of the layout finds that its layers are missing.
set -euo pipefail
source "$(dirname "$0")/shared/layout.sh"

EXPECTED='before: image of OCI types 3 of 3, image of Docker types 3 of 3, of nobody 1
after: image of OCI types 3 of 3, image of Docker types 1 of 3, of nobody 0
umoci ls: docker oci
exit code 0, lines that name a media type: 0'

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
apt-get -o APT::Sandbox::User=root download -qq umoci=0.4.7+ds-3+b7 >/dev/null
dpkg-deb -x umoci_*.deb .

begin_layout
blobs=layout/blobs/sha256
mkdir files

# image NAME MANIFEST-TYPE CONFIG-TYPE LAYER-TYPE: an image of one layer; its entry of the index.
image() {
    echo "$1" >files/name
    tar -C files -cf layer.tar name
    gzip -kf layer.tar
    printf '{"architecture":"amd64","os":"linux","config":{},"rootfs":{"type":"layers","diff_ids":["sha256:%s"]}}' "$(sha256sum layer.tar | cut -d' ' -f1)" >config.json
    printf '{"schemaVersion":2,"mediaType":"application/vnd.%s","config":%s,"layers":[%s]}' "$2" "$(blob "$3" config.json)" "$(blob "$4" layer.tar.gz)" >manifest.json
    sha256sum config.json layer.tar.gz manifest.json | cut -d' ' -f1 >"$1.blobs"
    blob "$2" manifest.json ",\"annotations\":{\"org.opencontainers.image.ref.name\":\"$1\"}"
}

oci=$(image oci oci.image.manifest.v1+json oci.image.config.v1+json oci.image.layer.v1.tar+gzip)
docker=$(image docker docker.distribution.manifest.v2+json docker.container.image.v1+json docker.image.rootfs.diff.tar.gzip)
echo unused >unused
blob example unused >/dev/null
printf '{"schemaVersion":2,"manifests":[%s,%s]}' "$oci" "$docker" >layout/index.json

# kept: how many blobs of each image are there.
kept() {
    local oci docker
    oci=$(ls "$blobs" | grep -cFf oci.blobs || true)
    docker=$(ls "$blobs" | grep -cFf docker.blobs || true)
    echo "image of OCI types $oci of 3, image of Docker types $docker of 3, of nobody $(($(ls "$blobs" | wc -l) - oci - docker))"
}

seen="before: $(kept)"
code=0
usr/bin/umoci gc --layout layout >gc.log 2>&1 || code=$?
seen+="
after: $(kept)
umoci ls: $(usr/bin/umoci ls --layout layout | sort | paste -sd' ')
exit code $code, lines that name a media type: $(grep -ciE 'vnd|media' gc.log || true)"
cat gc.log
printf -- '--- seen\n%s\n' "$seen"
[ "$seen" = "$EXPECTED" ] || { printf -- '--- expected\n%s\n' "$EXPECTED"; exit 1; }
