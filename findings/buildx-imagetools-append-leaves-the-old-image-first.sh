#!/usr/bin/env bash
# Packages: docker-buildx 0.29.1+ds1-4 (Debian 14, "forky"; Go program, needs no daemon), docker-registry 2.8.2+ds1-1 (Debian 12) on loopback.
#
# `docker buildx imagetools create --append -t NAME IMAGE`, where the index NAME has an image for the platform of IMAGE already, puts the new image behind the
# old one: the index has two entries for that platform then, and nothing is said. The same source twice is one entry.
#
# The guess that is wrong: an index has one image for each platform, so one that is appended for a platform that is there takes the place of the old one, or is
# refused.
#
# Why it matters: pipelines whose platforms are built apart add each to the tag as it is ready. The first time that is right. From the second on the push
# succeeds, and clients, which take the first entry that matches as image-spec says, go on with the image of the first time. The index grows with each run.
source "$(dirname "$0")/shared/buildx.sh"
source "$(dirname "$0")/shared/registry.sh"

EXPECTED='index: linux/amd64 first, linux/arm64 first
arm64 appended again, unchanged: linux/amd64 first, linux/arm64 first
amd64 appended, rebuilt: linux/amd64 first, linux/arm64 first, linux/amd64 second
exit codes: 0 0'

get_buildx
export BUILDX_CONFIG=$work/buildx DOCKER_CONFIG=$work/docker DOCKER_HOST=unix://$work/none

# push NAME ARCHITECTURE: pushes an image as NAME; its entry of an index.
push() {
    config "\"Labels\":{\"build\":\"$1\"}"
    sed -i "s|\"amd64\"|\"$2\"|" config.json
    image "$1.json"
    push_blob config.json
    push_manifest "$1" "$1.json" "$IMAGE" >/dev/null
    printf '{"mediaType":"%s","digest":"%s","size":%d,"platform":{"os":"linux","architecture":"%s"}}' "$IMAGE" "$(digest "$1.json")" "$(size "$1.json")" "$2"
}

# entries: platform and build of each entry, in their order.
entries() {
    curl -sf -H "Accept: $INDEX" "$base/manifests/latest" | jq -r '.manifests[] | "\(.platform.os)/\(.platform.architecture) \(.digest)"' |
        sed "s|$(digest first-amd64.json)|first|; s|$(digest first-arm64.json)|first|; s|$(digest second-amd64.json)|second|" | paste -sd, | sed 's|,|, |g'
}

append() { usr/libexec/docker/cli-plugins/docker-buildx imagetools create --append -t "localhost:$port/example/app:latest" "localhost:$port/example/app:$1" >&2; echo $?; }

start
push_blob layer.tar.gz
printf '{"schemaVersion":2,"mediaType":"%s","manifests":[%s,%s]}' "$INDEX" "$(push first-amd64 amd64)" "$(push first-arm64 arm64)" >index.json
push_manifest latest index.json "$INDEX" >/dev/null
push second-amd64 amd64 >/dev/null
seen="index: $(entries)"
one=$(append first-arm64)
seen+="
arm64 appended again, unchanged: $(entries)"
two=$(append second-amd64)
finish "$seen
amd64 appended, rebuilt: $(entries)
exit codes: $one $two"
