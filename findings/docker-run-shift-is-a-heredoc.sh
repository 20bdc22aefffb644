#!/usr/bin/env bash
# Packages: docker.io 28.5.2+dfsg4-5 (BuildKit inside), docker-buildx 0.29.1+ds1-4 (Debian forky). Needs root and mmdebstrap; a minute or two.
#
# `RUN echo $((1 << 2))` is refused with "unterminated heredoc". Without the blank, `$((1<<2))`, it builds, and so does ` << ` inside quotes. RUN takes a blank
# between `<<` and the name of a here-document since Dockerfile 1.16; a shift of the shell's arithmetic is taken for one.
#
# The guess that is wrong: a shell command that was right before stays right when the language learns to read here-documents in it as the shell does. The
# shell knows that `<<` inside `$(( ))` is a shift.
#
# Why it matters: the message names neither line nor word, and the line is valid shell. A parser that takes the blank has to keep arithmetic out of it.
set -euo pipefail

EXPECTED='RUN echo $((1<<2)): builds
RUN echo "1 << 2": builds
RUN echo $((1 << 2)): ERROR: unterminated heredoc
RUN cat << EOF: builds'

[ "$(id -u)" = 0 ] || { echo "needs root" >&2; exit 2; }
work=$(mktemp -d /tmp/finding.XXXXXX)
trap 'stop; umount -R "$work/tree/proc" "$work/tree/sys" "$work/tree/dev" 2>/dev/null || true; rm -rf --one-file-system "$work"' EXIT
stop() { if [ -s "$work/tree/run/docker.pid" ]; then kill "$(cat "$work/tree/run/docker.pid")" && sleep 3; fi; }

mmdebstrap --quiet --variant=essential --aptopt='Acquire::Check-Valid-Until "false"' \
    --include=docker.io=28.5.2+dfsg4-5,docker-cli,docker-buildx=0.29.1+ds1-4,ca-certificates forky "$work/tree" >"$work/log" 2>&1 || { cat "$work/log" >&2; exit 2; }
for folder in proc sys dev; do mount --rbind --make-rslave /$folder "$work/tree/$folder"; done
chroot "$work/tree" dockerd --iptables=false --ip6tables=false --bridge=none --storage-driver vfs --log-level error --pidfile /run/docker.pid \
    -H unix:///run/docker.sock >"$work/log" 2>&1 &
for _ in $(seq 150); do [ -S "$work/tree/run/docker.sock" ] && break; sleep 0.2; done
[ -S "$work/tree/run/docker.sock" ] || { cat "$work/log" >&2; exit 2; }

mkdir "$work/tree/context"
check() {
    printf 'FROM scratch\n%s\n' "$1" >"$work/tree/context/Dockerfile"
    echo "${1%%$'\n'*}: $(chroot "$work/tree" env DOCKER_HOST=unix:///run/docker.sock docker build --check /context 2>&1 | grep -E '^ERROR|Check complete' | sed 's/^Check complete.*/builds/')"
}
seen=$(
    check 'RUN echo $((1<<2))'
    check 'RUN echo "1 << 2"'
    check 'RUN echo $((1 << 2))'
    check $'RUN cat << EOF\nhello\nEOF'
)

printf -- '--- seen\n%s\n' "$seen"
[ "$seen" = "$EXPECTED" ] || { printf -- '--- expected\n%s\n' "$EXPECTED"; exit 1; }
