#!/usr/bin/env bash
# Packages: buildah 1.43.2+ds1-3+b1, docker.io 28.5.2+dfsg4-5 to compare (both Debian forky). Needs root and mmdebstrap; a minute or two.
#
# `ADD --chown=3:4 files.tar /x/` by buildah gives the folder /x the owner, and leaves to the archive's files the owners that the archive has.
# Docker gives all of them to 3:4. `COPY --chown` of a folder gives all to 3:4 with both.
#
# The guess that is wrong: the owner that is asked for is the owner of what is added, and the one folder that has it shows that it was heard.
#
# Why it matters: archives that a build made belong to root, and --chown is there so that the program's user may write to its files. The image
# of one builder works, and that of the other fails on its first write, with the same Dockerfile.
source "$(dirname "$0")/shared/docker-and-buildah.sh"

EXPECTED='COPY --chown=3:4 files /x/: Docker . 3:4 ./a 3:4; buildah . 3:4 ./a 3:4
ADD --chown=3:4 files.tar /x/: Docker . 3:4 ./a 3:4; buildah . 3:4 ./a 0:0'

mkdir "$context/files"
touch "$context/files/a"
tar -C "$context/files" --owner=0 --group=0 -cf "$context/files.tar" a
show() { (cd "$root/x" && find . -printf '%p %U:%G\n' | LC_ALL=C sort | paste -sd' '); }
check() {
    dockerfile 'FROM scratch' "$1"
    both "$1" show
}
finish "$(check 'COPY --chown=3:4 files /x/'; check 'ADD --chown=3:4 files.tar /x/')"
