#!/usr/bin/env bash
# Package: docker-registry 2.8.2+ds1-1 (Debian 12), the CNCF Distribution registry, with its default configuration.
#
# An image manifest whose layer descriptor has `urls` (image-spec, descriptors: an optional list of places where the content may be had) is answered with 500
# and UNKNOWN, and with MANIFEST_BLOB_UNKNOWN for the layer, although the layer was pushed to that repository and is served from it. The same manifest without
# `urls` is taken. The setting `validation.manifests.urls.allow` makes it take the first too; no word of the answer says so.
#
# The guess that is wrong: a refusal of valid content is a 4xx that names the reason, 500 is a passing fault that is worth another try, and a blob that is
# called unknown is not there.
#
# Why it matters: a client that tries again on 500 waits for nothing, and one that believes MANIFEST_BLOB_UNKNOWN uploads the layer again, for the same answer.
# Images for Windows, and copies that keep `urls`, cannot be pushed until the operator of the registry allows it.
source "$(dirname "$0")/shared/registry.sh"

EXPECTED='layer: 200
without urls: 201
with urls: 500 UNKNOWN UNKNOWN MANIFEST_BLOB_UNKNOWN
with urls, allowed: 201'

image plain.json
image urls.json ',"urls":["https://example.com/layer.tar.gz"]'

start
push_blob layer.tar.gz
push_blob config.json
seen=$(
    echo "layer: $(status "blobs/$(digest layer.tar.gz)")"
    echo "without urls: $(push_manifest plain plain.json "$IMAGE")"
    echo "with urls: $(push_manifest urls urls.json "$IMAGE") $(grep -o '"code":"[A-Z_]*"' answer.json | cut -d'"' -f4 | paste -sd ' ')"
)
cat answer.json
stop
echo 'validation: { manifests: { urls: { allow: ["^https://example\\.com/"] } } }' >>config.yml
start
finish "$seen"$'\n'"with urls, allowed: $(push_manifest urls urls.json "$IMAGE")"
