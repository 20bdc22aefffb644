#!/usr/bin/env bash
# Package: .NET SDK 10.0.401 (its Microsoft.NET.Build.Containers). The base image and the registry (docker-registry 2.8.2+ds1-1, Debian 12) stand on loopback.
#
# Of a base index that has linux/amd64 and linux/amd64/v3, the SDK takes whichever stands first for linux-x64: the variant is not looked at. It does look at
# the variant of arm, and takes v7 for linux-arm wherever it stands.
#
# The guess that is wrong: the platform of an index entry is os, architecture and variant (image-spec), so that linux-x64, which asks for none, is the entry
# without a variant, as it is for skopeo; and a reader that knows the variants of one architecture knows those of the others.
#
# Why it matters: programs built for amd64/v3 (AVX2) end with "illegal instruction" on a processor that lacks it. The first entry that matches is the one to
# take, so an index may list the special image before the general one; whose base does that gets images that do not start on some machines of the cluster.
source "$(dirname "$0")/shared/dotnet-container.sh"

EXPECTED='amd64, then amd64/v3: linux-x64 gets amd64
amd64/v3, then amd64: linux-x64 gets amd64/v3
arm/v5, then arm/v7: linux-arm gets arm/v7
arm/v7, then arm/v5: linux-arm gets arm/v7'

start
push_blob layer.tar.gz
project app

# one PLATFORM: pushes an image for it, labelled with it; its entry of an index.
one() {
    local variant=
    [[ $1 != */* ]] || variant=",\"variant\":\"${1#*/}\""
    config "\"Labels\":{\"platform\":\"$1\"}"
    sed -i "s|\"amd64\"|\"${1%/*}\"$variant|" config.json
    image one.json
    push_blob config.json
    push_manifest "$(digest one.json)" one.json "$IMAGE" >/dev/null
    printf '{"mediaType":"%s","digest":"%s","size":%d,"platform":{"os":"linux","architecture":"%s"%s}}' \
        "$IMAGE" "$(digest one.json)" "$(size one.json)" "${1%/*}" "$variant"
}

# check RUNTIME FIRST SECOND: which of the two a project for this runtime stands on.
check() {
    printf '{"schemaVersion":2,"mediaType":"%s","manifests":[%s,%s]}' "$INDEX" "$(one "$2")" "$(one "$3")" >index.json
    push_manifest base index.json "$INDEX" >/dev/null
    publish app -r "$1" --no-self-contained
    echo "$2, then $3: $1 gets $(jq -r .config.Labels.platform published.json)"
}

seen=$(check linux-x64 amd64 amd64/v3; check linux-x64 amd64/v3 amd64; check linux-arm arm/v5 arm/v7; check linux-arm arm/v7 arm/v5)
finish "$seen"
