#!/usr/bin/env bash
# Package: dockerfile-ast 0.7.1 (npm), the parser that editors and linters for Dockerfiles stand on.
#
# getJSONStrings() of CMD, ENTRYPOINT, SHELL and so on gives each argument of the JSON form without its blanks: of ["sh", "-c", "echo a b"] the
# last is echoab. Escapes of JSON are not read either: \t is gone, and of \u0041 (an A) 0041 is left. A quote or a backslash that is escaped is
# right. The range that it gives for an argument is right too, so the text can be had from the document.
#
# The guess that is wrong: a value of a JSON string is what JSON makes of it; the blanks inside quotes above all.
#
# Why it matters: commands are read out of Dockerfiles by it, to show, to check, or to carry them over into another form (a chart, a project
# file). `sh -c` is the common case, and its argument is never without blanks.
set -euo pipefail
source "$(dirname "$0")/shared/finish.sh"

EXPECTED='"sh" sh, "-c" -c, "echo a b" echoab
"a \"b\"" a"b", "c\\d" c\d
"a\tb" ab, "\u0041" 0041'

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm install --silent --no-audit --no-fund --ignore-scripts --prefix . dockerfile-ast@0.7.1 >/dev/null
cat >finding.js <<'PROGRAM'
const { DockerfileParser } = require('dockerfile-ast');

for (const text of ['["sh", "-c", "echo a b"]', String.raw`["a \"b\"", "c\\d"]`, String.raw`["a\tb", "\u0041"]`]) {
    const line = `CMD ${text}`;
    const command = DockerfileParser.parse(`FROM scratch\n${line}\n`).getCMDs()[0];
    console.log(command.getJSONStrings().map(one => {
        const range = one.getRange();
        return `${line.slice(range.start.character, range.end.character)} ${one.getJSONValue()}`;
    }).join(', '));
}
PROGRAM
finish "$(node finding.js)"
