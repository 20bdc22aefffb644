#!/usr/bin/env bash
# Package: docker-registry 2.8.2+ds1-1 (Debian 12), the CNCF Distribution registry.
#
# `docker-registry garbage-collect --delete-untagged` deletes the images of an index although the index has a tag: each image's manifest, and with it the
# configuration and the layers. The tag is listed and the index is served as before; each image that it names is answered with 404, so every pull fails.
#
# The guess that is wrong: what a tagged index reaches counts as tagged. The index is marked, and the bytes of the manifests that it names; but a manifest
# that has no tag of its own is untagged all the same, its link goes, and nothing marks what it names.
#
# Why it matters: images for several platforms are published by digest below one tagged index, as the specification describes it. A publisher that asks only
# whether the tag still has the index's digest sees nothing to do, and never repairs it. It has to ask for each image of the index.
source "$(dirname "$0")/shared/registry.sh"

EXPECTED='index by tag: 200
image by digest: 200
garbage-collect: manifest eligible for deletion
index by tag: 200
image by digest: 404
layer: 404'

image image.json
printf '{"schemaVersion":2,"mediaType":"%s","manifests":[{"mediaType":"%s","digest":"%s","size":%d,"platform":{"architecture":"amd64","os":"linux"}}]}' \
    "$INDEX" "$IMAGE" "$(digest image.json)" "$(size image.json)" >index.json
image=$(digest image.json)

start
push_blob layer.tar.gz
push_blob config.json
push_manifest "$image" image.json "$IMAGE" >/dev/null
push_manifest 1.0 index.json "$INDEX" >/dev/null
seen=$(
    echo "index by tag: $(status manifests/1.0)"
    echo "image by digest: $(status "manifests/$image")"
)
stop
collected=$("$registry" garbage-collect --delete-untagged config.yml 2>&1)
echo "$collected"
start
seen+=$'\n'$(
    echo "garbage-collect: $(grep -o 'manifest eligible for deletion' <<<"$collected" || echo nothing)"
    echo "index by tag: $(status manifests/1.0)"
    echo "image by digest: $(status "manifests/$image")"
    echo "layer: $(status "blobs/$(digest layer.tar.gz)")"
)
finish "$seen"
