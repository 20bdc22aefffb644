#!/usr/bin/env bash
# Package: podman 4.3.1+ds1-8+deb12u1+b3 (buildah 1.28 inside; Debian 12). Needs root; half a minute.
#
# A WORKDIR that no RUN, COPY or ADD of its stage follows makes no folder: `podman build` writes it into the configuration alone, and COPY --from of that
# folder ends the build with "no such file or directory". With any COPY after it the folder is there.
#
# The guess that is wrong: WORKDIR makes a folder that is missing, also where no later instruction uses it, as the Dockerfile reference says of it. BuildKit
# makes a layer of it.
#
# Why it matters: a stage that ends in WORKDIR /data to give an image on scratch an empty folder of a user (COPY --from=stage --chown=7 /data /data) builds
# with Docker alone; and whoever unpacks such an image finds its working directory missing.
source "$(dirname "$0")/shared/podman.sh"

EXPECTED='WORKDIR, then COPY: the folder is there
WORKDIR, then nothing: COPY --from finds no folder'

# check TEXT LINE...: whether another stage can copy /made.
check() {
    local text=$1
    printf '%s\n' 'FROM scratch AS one' 'COPY busybox /busybox' "${@:2}" 'FROM scratch' 'COPY --from=one /made /copy' >context/Dockerfile
    if podman build --isolation chroot --signature-policy "$work/etc/containers/policy.json" context >build.log 2>&1; then
        echo "$text: the folder is there"
    elif grep -q '"/made": no such file or directory' build.log; then
        echo "$text: COPY --from finds no folder"
    else
        cat build.log >&2
        exit 2
    fi
}

seen=$(
    check 'WORKDIR, then COPY' 'WORKDIR /made' 'COPY busybox /other'
    check 'WORKDIR, then nothing' 'WORKDIR /made'
)

printf -- '--- seen\n%s\n' "$seen"
[ "$seen" = "$EXPECTED" ] || { printf -- '--- expected\n%s\n' "$EXPECTED"; exit 1; }
