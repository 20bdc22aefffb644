#!/usr/bin/env bash
# Package: dockerfile-utils 0.16.3 (npm), the formatter of the language server for Dockerfiles that editors use.
#
# format() indents every line that continues an instruction, also where the line lies inside quotes: a text that was broken with a backslash at the end of a line
# has the indentation in it afterwards. The value of a LABEL and the argument of a RUN change. Text of a here-document is left as it is.
#
# The guess that is wrong: a formatter of a language moves blanks that mean nothing, and leaves alone those that are part of a value. It knows what is text in
# here-documents.
#
# Why it matters: long texts (descriptions, patterns, JSON for a program) are what is broken over lines that way. A commit that says "formatted" changes what the
# image says or what a command is given, and rebuilds every layer behind it.
set -euo pipefail

EXPECTED='LABEL: <one two>, formatted <one     two>
RUN: <a,b>, formatted <a,    b>
here-document: <x y>, formatted <x y>'

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm install --silent --no-audit --no-fund dockerfile-utils@0.16.3 >/dev/null
cat >Dockerfile <<'DOCKERFILE'
FROM scratch
LABEL description="one \
two"
RUN printf '<%s>' "a,\
b"
COPY <<EOF /text
x
y
EOF
DOCKERFILE
cat >format.js <<'PROGRAM'
const fs = require('fs');
const { format } = require('dockerfile-utils');
const { TextDocument } = require('vscode-languageserver-textdocument');

const text = fs.readFileSync('Dockerfile', 'utf8');
const edits = format(text, { insertSpaces: true, tabSize: 4 });
fs.writeFileSync('Dockerfile.formatted', TextDocument.applyEdits(TextDocument.create('file:///Dockerfile', 'dockerfile', 1, text), edits));
PROGRAM
node format.js
cat Dockerfile.formatted

# What a builder makes of the lines: a backslash at the end of a line joins it with the next one.
joined() { sed -e ':next' -e '/\\$/{N;s/\\\n//;b next' -e '}' "$1"; }
label() { joined "$1" | sed -n 's/^LABEL description="\(.*\)"$/<\1>/p'; }
run() { sh -c "$(joined "$1" | sed -n 's/^RUN //p')"; }
text() { echo "<$(sed -n '/^COPY <</,/^EOF/p' "$1" | sed '1d;$d' | paste -sd' ')>"; }
seen="LABEL: $(label Dockerfile), formatted $(label Dockerfile.formatted)
RUN: $(run Dockerfile), formatted $(run Dockerfile.formatted)
here-document: $(text Dockerfile), formatted $(text Dockerfile.formatted)"

printf -- '--- seen\n%s\n' "$seen"
[ "$seen" = "$EXPECTED" ] || { printf -- '--- expected\n%s\n' "$EXPECTED"; exit 1; }
