#!/usr/bin/env bash
# Packages: crane 0.20.7+ds1-5 (Debian 14, "forky"; go-containerregistry), docker-registry 2.8.2+ds1-1 (Debian 12) on loopback.
#
# `crane flatten` of an image in OCI's format pushes one in Docker's: the manifest, the configuration and the layer have Docker's media types.
# The annotations go along, into a manifest of a type that has none. `crane mutate` and `crane append` keep the format. Nothing is said.
#
# The guess that is wrong: flattening joins the layers of an image, and leaves alone what it has no reason to touch.
#
# Why it matters: policies and clients that take only OCI's types refuse the new image, and an index with OCI's entries has one of
# another kind among them. It shows in no listing: only the raw manifest has the type.
source "$(dirname "$0")/shared/crane.sh"

EXPECTED='image: application/vnd.oci.image.manifest.v1+json, layers oci.image.layer.v1.tar+gzip, annotations {"a":"b"}
crane mutate: application/vnd.oci.image.manifest.v1+json, layers oci.image.layer.v1.tar+gzip, annotations {"a":"b"}
crane flatten: application/vnd.docker.distribution.manifest.v2+json, layers docker.image.rootfs.diff.tar.gzip, annotations {"a":"b"}'

get_crane
push_blob layer.tar.gz
push_blob config.json
image image.json
jq -c '.annotations = { a: "b" }' image.json >annotated.json
push_manifest latest annotated.json "$IMAGE" >/dev/null
name=localhost:$port/example/app
crane mutate "$name:latest" --label one=two -t "$name:mutated" >/dev/null
crane flatten "$name:latest" -t "$name:flat" >/dev/null

show() {
    crane manifest "$name:$1" |
        jq -r '"\(.mediaType), layers \([.layers[].mediaType | ltrimstr("application/vnd.")] | unique | join(" ")), annotations \(.annotations)"'
}
finish "image: $(show latest)
crane mutate: $(show mutated)
crane flatten: $(show flat)"
