#!/usr/bin/env bash
# Package: docker-registry 2.8.2+ds1-1 (Debian 12), the CNCF Distribution registry.
#
# The registry takes a layer that is pushed by its sha512 digest (image-spec registers sha256 and sha512), answers with the sha256 digest of the same bytes,
# serves it under both, and takes an image whose manifest names it by sha512. `docker-registry garbage-collect`, without any option, then deletes the layer:
# it marks the sha512 digest of the manifest as used, and the bytes lie under sha256, which nothing marks. The tag and the manifest stay.
#
# The guess that is wrong: a registry that takes a digest of another algorithm keeps the blob under it, or knows that both names are one blob; and a plain
# collection touches nothing that a tagged image refers to.
#
# Why it matters: it works from the first push to the first collection, which is weeks later and run by somebody else. A client that compares the answer's
# Docker-Content-Digest with the digest that it asked for fails before that, on content that is whole.
source "$(dirname "$0")/shared/registry.sh"

EXPECTED='layer by sha512: 201, called sha256
image that names it by sha512: 201
before the collection: image 200, layer by sha512 200, by sha256 200
after: image 200, layer by sha512 404, by sha256 404'

layer512=sha512:$(sha512sum layer.tar.gz | cut -d' ' -f1)
layer256=$(digest layer.tar.gz)
start
push_blob config.json
location=$(curl -sf -X POST -D - -o /dev/null "$base/blobs/uploads/" | tr -d '\r' | sed -n 's/^[Ll]ocation: //p')
answer=$(curl -s -T layer.tar.gz -H 'Content-Type: application/octet-stream' -H 'Expect:' -D - -o /dev/null "$location&digest=$layer512" | tr -d '\r')
image image.json
sed -i "s|$layer256|$layer512|" image.json

both() { echo "image $(status manifests/one), layer by sha512 $(status "blobs/$layer512"), by sha256 $(status "blobs/$layer256")"; }
seen="layer by sha512: $(sed -n 's|^HTTP/1.1 \([0-9]*\).*|\1|p' <<<"$answer"), called $(sed -n 's|^Docker-Content-Digest: \([a-z0-9]*\):.*|\1|p' <<<"$answer")
image that names it by sha512: $(push_manifest one image.json "$IMAGE")
before the collection: $(both)"
stop
"$registry" garbage-collect config.yml
start
finish "$seen
after: $(both)"
