#!/usr/bin/env bash
# Packages: docker.io 28.5.2+dfsg4-5 (BuildKit inside), buildah 1.43.2+ds1-3+b1 (both Debian forky). Needs root and mmdebstrap; a minute or two.
#
# `COPY --exclude=*.txt` leaves out other files by each builder. Docker matches the pattern below each source: of `d`, d/x.txt is left out; of
# `f*`, nothing is, since f.txt is a source and not below one, although "all files starting with hom, excluding .txt" is the example of the
# reference. buildah matches from the root of the context: of `f*`, f.txt is left out; of `d`, nothing is, and --exclude=d/*.txt is what it
# wants, which means nothing to Docker. Neither warns of a pattern that fits nothing.
#
# The guess that is wrong: a source and a pattern side by side are read alike, and a file that a wildcard finds can be left out by another one.
#
# Why it matters: --exclude keeps tests, sources and notes out of an image. It builds either way, and only who looks into the image sees that
# they are there. A pattern that both follow begins with **/ and has a folder for its source.
source "$(dirname "$0")/shared/docker-and-buildah.sh"

EXPECTED='--exclude=*.txt f*: Docker m/f.md m/f.txt; buildah m/f.md
--exclude=*.txt d: Docker m/e/y.txt m/x.md; buildah m/e/y.txt m/x.md m/x.txt
--exclude=d/*.txt d: Docker m/e/y.txt m/x.md m/x.txt; buildah m/e/y.txt m/x.md
--exclude=**/*.txt d: Docker m/x.md; buildah m/x.md
--exclude=**/*.txt f*: Docker m/f.md m/f.txt; buildah m/f.md'

mkdir -p "$context/d/e"
touch "$context/f.txt" "$context/f.md" "$context/d/x.txt" "$context/d/x.md" "$context/d/e/y.txt"
files() { (cd "$root" && find . -type f -printf '%P\n' | LC_ALL=C sort | paste -sd' '); }
check() {
    dockerfile 'FROM scratch' "COPY $* /m/"
    both "$*" files
}
finish "$(
    check '--exclude=*.txt' 'f*'
    check '--exclude=*.txt' d
    check '--exclude=d/*.txt' d
    check '--exclude=**/*.txt' d
    check '--exclude=**/*.txt' 'f*'
)"
