#!/usr/bin/env bash
# Package: docker-registry 2.8.2+ds1-1 (Debian 12), the CNCF Distribution registry.
#
# An image manifest of OCI's type that is there is answered with 404 and MANIFEST_UNKNOWN to a request that takes anything: `Accept: */*`, which curl and most
# HTTP libraries send of themselves, `application/*`, or no Accept at all. It is so for GET and HEAD, by tag and by digest. Only the exact media type helps,
# in small letters.
#
# The guess that is wrong: Accept is what HTTP says of it, so that */* and none take whatever there is, and media types have no case (RFC 9110); 404 says that
# there is nothing, and a digest names one content whoever asks.
#
# Why it matters: a check of "is this image there?" by HEAD says no, and what is built on it builds and pushes again, or reports a lost image. Only the text of a
# GET's answer tells why, and a HEAD has none.
source "$(dirname "$0")/shared/registry.sh"

EXPECTED="Accept: $IMAGE: GET of the tag 200, HEAD of the digest 200
Accept: */*: GET of the tag 404, HEAD of the digest 404
Accept: application/*: GET of the tag 404, HEAD of the digest 404
no Accept: GET of the tag 404, HEAD of the digest 404
Accept: ${IMAGE^}: GET of the tag 404, HEAD of the digest 404
Accept: $IMAGE;q=0.1, */*: GET of the tag 200, HEAD of the digest 200"

image image.json
start
push_blob layer.tar.gz
push_blob config.json
push_manifest one image.json "$IMAGE" >/dev/null

# ask TEXT HEADER
ask() {
    printf '%s: GET of the tag %s, HEAD of the digest %s\n' "$1" "$(curl -s -o get.json -w '%{http_code}' -H "$2" "$base/manifests/one")" \
        "$(curl -s -I -o /dev/null -w '%{http_code}' -H "$2" "$base/manifests/$(digest image.json)")"
}
for accept in "$IMAGE" '*/*' 'application/*'; do ask "Accept: $accept" "Accept: $accept"; done >seen
cat get.json
ask 'no Accept' 'Accept:' >>seen
for accept in "${IMAGE^}" "$IMAGE;q=0.1, */*"; do ask "Accept: $accept" "Accept: $accept"; done >>seen
finish "$(cat seen)"
