#!/usr/bin/env bash
# Packages: docker.io 28.5.2+dfsg4-5 (BuildKit inside), docker-buildx 0.29.1+ds1-4 (Debian forky). Needs root and mmdebstrap; a minute or two.
#
# In a here-document of COPY whose name stands without quotes every backslash is taken away, whatever follows it: `\d` becomes `d`, and of two one stays. At the
# end of a line it goes too, and the line break stays. In the shell's here-documents a backslash stays unless $, `, \ or a line break follows, and with a line
# break both go. A here-document of RUN, which a shell reads, is the shell's.
#
# The guess that is wrong: an unquoted here-document in a Dockerfile does as the shell's, which it is written after: variables are put in, and a backslash means
# something only before what would be special.
#
# Why it matters: a file with a variable in it cannot have its name quoted, and the same file may hold a pattern, a path of Windows or a "\n": a configuration
# like that builds, and means something else. The same text moved from RUN cat <<EOF to COPY <<EOF changes.
source "$(dirname "$0")/shared/docker.sh"

EXPECTED='shell: one: \d+ C:\dir "\n" \ $v joined
COPY: one: d+ C:dir "n" \ $v joi ned
COPY, quoted name: $v: \d+ C:\dir "\n" \\ \$v joi\ ned'

text='$v: \d+ C:\dir "\n" \\ \$v joi\
ned'
printf 'FROM scratch\nARG v=one\nCOPY <<EOF /plain\n%s\nEOF\nCOPY <<"EOF" /quoted\n%s\nEOF\n' "$text" "$text" >"$context/Dockerfile"
build || { cat "$work/build.log" >&2; exit 2; }
finish "shell: $(printf 'v=one\ncat <<EOF\n%s\nEOF\n' "$text" | sh)
COPY: $(paste -sd' ' "$out/plain")
COPY, quoted name: $(paste -sd' ' "$out/quoted")"
