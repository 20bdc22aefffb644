#!/usr/bin/env bash
# Packages: docker.io 28.5.2+dfsg4-5 (BuildKit inside), docker-buildx 0.29.1+ds1-4 (Debian forky). Needs root and mmdebstrap; a minute or two.
#
# `ADD --chown=3:4 --chmod=700 files.tar /x/` unpacks the archive, gives every file the owner, and leaves every mode as the archive has it: --chmod is without
# effect there, without a word. Of a file that is no archive both hold.
#
# The guess that is wrong: two options of one instruction that stand side by side in its reference hold for the same files.
#
# Why it matters: --chmod is how a file that came without the execute bit becomes a program, or a secret file loses its read bits. With an archive it looks done.
source "$(dirname "$0")/shared/docker.sh"

EXPECTED='a file: 3:4 700
an archive: 3:4 644'

mkdir "$work/files"
echo text >"$work/files/in"
chmod 644 "$work/files/in"
tar -C "$work/files" --owner=7 --group=8 -cf "$context/files.tar" in
cp -p "$work/files/in" "$context/in"
printf '%s\n' 'FROM scratch' 'ADD --chown=3:4 --chmod=700 in /file/' 'ADD --chown=3:4 --chmod=700 files.tar /archive/' >"$context/Dockerfile"
docker build --quiet --output type=tar,dest=/out.tar /context >"$work/build.log" 2>&1 || { cat "$work/build.log" >&2; exit 2; }
mkdir "$work/image"
tar -C "$work/image" --numeric-owner --same-owner -p -xf "$work/tree/out.tar"
finish "a file: $(stat -c '%u:%g %a' "$work/image/file/in")
an archive: $(stat -c '%u:%g %a' "$work/image/archive/in")"
