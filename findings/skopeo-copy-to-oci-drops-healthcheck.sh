#!/usr/bin/env bash
# Package: skopeo 1.9.3+ds1-1+b10 (Debian 12).
#
# `skopeo copy docker-archive:saved.tar oci:layout` writes the image's configuration anew, with the members that OCI's specification lists and no other:
# Healthcheck, Shell, OnBuild and StopTimeout are gone, and so is the image id. It is the same with `--format oci` to any place. No word of it is printed. The
# other way, and from OCI to OCI, the configuration is copied as it is, Healthcheck and all.
#
# The guess that is wrong: the formats differ in manifests and media types, so that a copy changes those; and a tool that is made to copy warns of what it leaves
# out, as podman build does of HEALTHCHECK in OCI's format.
#
# Why it matters: Docker and BuildKit write those members into OCI images too, and run them from there. An image that goes through `docker save` and an OCI
# layout (an artifact of a pipeline, a transfer to a network without a connection) has no health afterwards, and stages that stand on it run no ONBUILD.
set -euo pipefail
source "$(dirname "$0")/shared/skopeo.sh"
source "$(dirname "$0")/shared/layout.sh"

EXPECTED='docker archive: Cmd,Healthcheck,OnBuild,Shell,StopSignal,StopTimeout
copied to dir: Cmd,Healthcheck,OnBuild,Shell,StopSignal,StopTimeout
copied to oci: Cmd,StopSignal
copied to dir with --format oci: Cmd,StopSignal
an OCI layout: Cmd,Healthcheck,OnBuild,Shell,StopSignal,StopTimeout
copied to docker-archive: Cmd,Healthcheck,OnBuild,Shell,StopSignal,StopTimeout
copied to oci: Cmd,Healthcheck,OnBuild,Shell,StopSignal,StopTimeout
warnings: 0'

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
get_skopeo

# The image as docker save writes it, and in an OCI layout.
save_image example/app:one '{"Cmd":["/run"],"Healthcheck":{"Test":["CMD","/healthy"]},"OnBuild":["RUN true"],"Shell":["/bin/bash","-c"],"StopSignal":"SIGQUIT","StopTimeout":10}'

begin_layout
printf '{"schemaVersion":2,"config":%s,"layers":[%s]}' "$(blob oci.image.config.v1+json saved/config.json)" "$(blob oci.image.layer.v1.tar saved/layer.tar)" >image.json
printf '{"schemaVersion":2,"manifests":[%s]}' "$(blob oci.image.manifest.v1+json image.json ',"annotations":{"org.opencontainers.image.ref.name":"one"}')" >layout/index.json

# members IMAGE: the names in its configuration.
members() { skopeo inspect --config --raw "$1" | jq -r '.config | keys | join(",")'; }
copy() { skopeo copy "$@" >>copies.log 2>&1 || { cat copies.log >&2; exit 2; }; members "${@: -1}"; }

seen=$(
    echo "docker archive: $(members docker-archive:saved.tar)"
    echo "copied to dir: $(copy docker-archive:saved.tar dir:copy-1)"
    echo "copied to oci: $(copy docker-archive:saved.tar oci:copy-2:one)"
    echo "copied to dir with --format oci: $(copy --format oci docker-archive:saved.tar dir:copy-3)"
    echo "an OCI layout: $(members oci:layout:one)"
    echo "copied to docker-archive: $(copy oci:layout:one docker-archive:copy-4.tar)"
    echo "copied to oci: $(copy oci:layout:one oci:copy-5:one)"
    echo "warnings: $(grep -ciE 'warn|drop|ignor' copies.log || true)"
)
printf -- '--- seen\n%s\n' "$seen"
[ "$seen" = "$EXPECTED" ] || { printf -- '--- expected\n%s\n' "$EXPECTED"; exit 1; }
