#!/usr/bin/env bash
# Packages: .NET SDK 10.0.401 (its Microsoft.NET.Build.Containers), skopeo 1.9.3+ds1-1+b10 (Debian 12) to read what it published. The base image and the
# registry (docker-registry 2.8.2+ds1-1, Debian 12) stand on loopback.
#
# With ContainerImageFormat=Docker on a base image in OCI's format, the manifest has Docker's media type, the base's layer keeps OCI's, and the layer of the
# program has Docker's. The publish succeeds and the registry takes it; skopeo refuses to read it ("unsupported docker v2s2 media type"), and buildah, which
# reads images with the same library, to pull it. With OCI on a base in Docker's format it is mixed the other way round, and skopeo reads that.
#
# The guess that is wrong: a format is asked for and the whole image has it, as the layers' bytes are the same in both and only their names differ.
#
# Why it matters: Docker's format is asked for on account of something that reads no OCI, while more and more bases are OCI. Neither the publish nor the registry
# shows anything; the mirror that skopeo fills fails later, or the machine with buildah, on an image that nobody touched since.
source "$(dirname "$0")/shared/skopeo.sh"
source "$(dirname "$0")/shared/dotnet-container.sh"

EXPECTED='OCI on OCI: manifest oci, layers oci oci; inspect: read; copy to a layout: copied
Docker on Docker: manifest docker, layers docker docker; inspect: read; copy to a layout: copied
Docker on OCI: manifest docker, layers oci docker; inspect: unsupported docker v2s2 media type; copy to a layout: unsupported docker v2s2 media type
OCI on Docker: manifest oci, layers docker oci; inspect: read; copy to a layout: copied'

get_skopeo
base
sed 's|vnd.oci.image.manifest.v1|vnd.docker.distribution.manifest.v2|; s|vnd.oci.image.config.v1|vnd.docker.container.image.v1|; s|vnd.oci.image.layer.v1.tar+gzip|vnd.docker.image.rootfs.diff.tar.gzip|' \
    image.json >docker.json
push_manifest docker docker.json application/vnd.docker.distribution.manifest.v2+json >/dev/null
project app

attempt() {
    if "${@:2}" >attempt.log 2>&1; then echo "$1"; else grep -oE 'unsupported [a-z0-9 ]* media type|unknown media type[a-z ]*' attempt.log || { cat attempt.log >&2; echo failed; }; fi
}

# check TEXT FORMAT TAG: publishes in this format on the base of this tag, and reads that.
check() {
    dotnet publish -v:quiet -t:PublishContainer -p:ContainerRepository=out "-p:ContainerImageFormat=$2" "-p:ContainerBaseImage=localhost:$port/example/app:$3" \
        >publish.log 2>&1 || { cat publish.log >&2; exit 2; }
    local out=docker://localhost:$port/out:latest manifest
    manifest=$(curl -sf -H "Accept: $IMAGE, application/vnd.docker.distribution.manifest.v2+json" "http://127.0.0.1:$port/v2/out/manifests/latest")
    names() { jq -r "$1" <<<"$manifest" | sed -E 's|application/vnd.([a-z]*).*|\1|' | paste -sd' '; }
    echo "$1: manifest $(names .mediaType), layers $(names '.layers[].mediaType'); inspect: $(attempt read skopeo inspect --tls-verify=false "$out"); copy to a layout: $(attempt copied skopeo copy --src-tls-verify=false "$out" "oci:$work/layout:copy")"
}

seen=$(check 'OCI on OCI' OCI base; check 'Docker on Docker' Docker docker; check 'Docker on OCI' Docker base; check 'OCI on Docker' OCI docker)
finish "$seen"
