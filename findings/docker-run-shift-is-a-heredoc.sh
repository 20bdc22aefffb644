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
source "$(dirname "$0")/shared/docker.sh"

EXPECTED='RUN echo $((1<<2)): builds
RUN echo "1 << 2": builds
RUN echo $((1 << 2)): ERROR: unterminated heredoc
RUN cat << EOF: builds'

check() {
    printf 'FROM scratch\n%s\n' "$1" >"$context/Dockerfile"
    echo "${1%%$'\n'*}: $(docker build --check /context 2>&1 | grep -E '^ERROR|Check complete' | sed 's/^Check complete.*/builds/')"
}
seen=$(
    check 'RUN echo $((1<<2))'
    check 'RUN echo "1 << 2"'
    check 'RUN echo $((1 << 2))'
    check $'RUN cat << EOF\nhello\nEOF'
)
finish "$seen"
