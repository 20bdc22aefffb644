#!/usr/bin/env bash
# Package: umoci 0.6.0+ds-1+b1 (Debian 14, "forky").
#
# `umoci config --config.label a=b` of an image for linux/arm/v7 writes a configuration for linux/arm: `variant` is gone, while os.version and
# os.features are kept. So it is with `umoci insert`. The entry of index.json keeps its platform, if it has one, so the two contradict. Nothing
# is said.
#
# The guess that is wrong: a command that sets a label sets a label; and a tool that reads a platform's other members reads all that image-spec
# 1.1, which it names as its own, has.
#
# Why it matters: the variant is all that tells an image for arm/v6 from one for arm/v7. Whoever makes an index of the changed images lists
# both as linux/arm, and the first is taken: on a small board its programs end with "illegal instruction".
set -euo pipefail
source "$(dirname "$0")/shared/finish.sh"
source "$(dirname "$0")/shared/forky.sh"
source "$(dirname "$0")/shared/layout.sh"

EXPECTED='before: {"os":"linux","architecture":"arm","variant":"v7","os.version":"1","os.features":["one"]}, index v7
umoci config: {"os":"linux","architecture":"arm","variant":null,"os.version":"1","os.features":["one"]}, index v7
umoci insert: {"os":"linux","architecture":"arm","variant":null,"os.version":"1","os.features":["one"]}, index v7'

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
get_forky umoci=0.6.0+ds-1+b1

begin_layout
mkdir empty
tar -C empty -cf layer.tar .
printf '{"architecture":"arm","os":"linux","variant":"v7","os.version":"1","os.features":["one"],"config":{},"rootfs":{"type":"layers","diff_ids":["sha256:%s"]}}' \
    "$(sha256sum layer.tar | cut -d' ' -f1)" >config.json
printf '{"schemaVersion":2,"mediaType":"application/vnd.oci.image.manifest.v1+json","config":%s,"layers":[%s]}' \
    "$(blob oci.image.config.v1+json config.json)" "$(blob oci.image.layer.v1.tar layer.tar)" >image.json
printf '{"schemaVersion":2,"manifests":[%s]}' "$(blob oci.image.manifest.v1+json image.json \
    ',"platform":{"os":"linux","architecture":"arm","variant":"v7"},"annotations":{"org.opencontainers.image.ref.name":"one"}')" >layout/index.json

# platform TAG: what the configuration says, and the index.
platform() {
    local entry config
    entry=$(jq -c --arg tag "$1" '.manifests[] | select(.annotations["org.opencontainers.image.ref.name"] == $tag)' layout/index.json)
    config=$(jq -r .config.digest "layout/blobs/sha256/$(jq -r '.digest | ltrimstr("sha256:")' <<<"$entry")")
    echo "$(jq -c '{ os, architecture, variant, "os.version": .["os.version"], "os.features": .["os.features"] }' \
        "layout/blobs/sha256/${config#sha256:}"), index $(jq -r .platform.variant <<<"$entry")"
}
seen="before: $(platform one)"
usr/bin/umoci config --image layout:one --config.label a=b
seen+="
umoci config: $(platform one)"
usr/bin/umoci insert --image layout:one image.json /image.json >/dev/null
finish "$seen
umoci insert: $(platform one)"
