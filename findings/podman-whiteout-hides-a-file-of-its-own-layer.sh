#!/usr/bin/env bash
# Packages: podman 4.3.1+ds1-8+deb12u1+b3 (containers/storage inside), umoci 0.4.7+ds-3+b7 (both Debian 12). Needs root; half a minute.
#
# A layer that has a file f and, behind it, the whiteout .wh.f: in podman's image the file of that very layer is gone. With the whiteout before the file it is
# there. umoci, which unpacks the same images, has the file both times.
#
# The guess that is wrong: the order of entries counts for nothing here, as image-spec has it: whiteouts hide what lower layers have, and a file that stands in
# the same layer can be hidden by later layers alone.
#
# Why it matters: a tool that writes a layer as a list of what was removed and what was added is right in either order by the specification, and has to write
# the whiteouts first to be right here. One that checks its work with umoci alone does not notice.
source "$(dirname "$0")/shared/layout.sh"
source "$(dirname "$0")/shared/podman.sh"

EXPECTED='whiteout, then the file: podman new, umoci new
the file, then the whiteout: podman nothing, umoci new'

apt-get -o APT::Sandbox::User=root download -qq umoci=0.4.7+ds-3+b7 >/dev/null
dpkg-deb -x umoci_*.deb .

# image NAME FILE...: a layer with the old f, and one of these files in this order.
image() {
    begin_layout
    mkdir -p old new
    echo old >old/f
    echo new >new/f
    : >new/.wh.f
    tar --owner=0 --group=0 -C old -cf lower.tar f
    tar --owner=0 --group=0 -C new -cf upper.tar "${@:2}"
    printf '{"architecture":"amd64","os":"linux","config":{},"rootfs":{"type":"layers","diff_ids":["sha256:%s","sha256:%s"]}}' \
        "$(sha256sum lower.tar | cut -d' ' -f1)" "$(sha256sum upper.tar | cut -d' ' -f1)" >config.json
    printf '{"schemaVersion":2,"config":%s,"layers":[%s,%s]}' "$(blob oci.image.config.v1+json config.json)" "$(blob oci.image.layer.v1.tar lower.tar)" "$(blob oci.image.layer.v1.tar upper.tar)" >image.json
    printf '{"schemaVersion":2,"manifests":[%s]}' "$(blob oci.image.manifest.v1+json image.json ",\"annotations\":{\"org.opencontainers.image.ref.name\":\"$1\"}")" >layout/index.json
}

# check TEXT NAME FILE...
check() {
    image "${@:2}"
    local id
    id=$(podman pull --quiet --signature-policy "$work/etc/containers/policy.json" "oci:layout:$2")
    usr/bin/umoci raw unpack --image "layout:$2" "unpacked-$2" >umoci.log 2>&1 || { cat umoci.log >&2; exit 2; }
    echo "$1: podman $(cat "$(podman image mount "$id")/f" 2>/dev/null || echo nothing), umoci $(cat "unpacked-$2/f" 2>/dev/null || echo nothing)"
}

seen=$(check 'whiteout, then the file' first .wh.f f; check 'the file, then the whiteout' last f .wh.f)
printf -- '--- seen\n%s\n' "$seen"
[ "$seen" = "$EXPECTED" ] || { printf -- '--- expected\n%s\n' "$EXPECTED"; exit 1; }
