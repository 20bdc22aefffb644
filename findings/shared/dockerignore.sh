# What Docker's daemon and another reader of .dockerignore leave in a build context; sourced, never run.
# shellcheck shell=bash
source "$(dirname "${BASH_SOURCE[0]}")/docker.sh"

# files NAME...: the files of the context.
files() {
    local name
    for name in "$@"; do mkdir -p "$(dirname "$context/$name")" && echo text >"$context/$name"; done
}

# kept: names of files, of which .dockerignore and the Dockerfile do not count.
kept() { grep -vxE 'Dockerfile|\.dockerignore' | LC_ALL=C sort | paste -sd' '; }

# compare PATTERN...: what Docker keeps, and what the function `other` lists, with a .dockerignore of these lines.
compare() {
    printf '%s\n' "$@" >"$context/.dockerignore"
    printf 'FROM scratch\nCOPY . /\n' >"$context/Dockerfile"
    build || { cat "$work/build.log" >&2; exit 2; }
    echo "$(paste -sd' ' "$context/.dockerignore"): Docker $(cd "$out" && find . -type f -printf '%P\n' | kept); library $(other | kept)"
}
