#!/usr/bin/env bash
# Package: azure-pipelines-task-lib 5.281.0 (npm), the library that tasks of Azure Pipelines are written with.
#
# ToolRunner.line() cuts a command line into arguments at blanks alone. A line break or a tab is part of an argument, so that of
#     arguments: |
#       --label a=1
#       --label b=2
# the program gets three arguments, the second with a line break in it. Single quotes are ordinary characters. The last argument loses blanks and line breaks at
# both ends even inside quotes; the same argument in any other place keeps them.
#
# The guess that is wrong: the function that is documented for additional arguments of a user's tool reads what a person writes into a multi-line input as a
# shell would, or refuses it.
#
# Why it matters: inputs for arguments are multi-line in YAML as a rule, and the program's own error ("unknown flag", or a label with a line break in it, which
# is no error at all) does not point at the task. A task has to cut such an input itself and give the list to arg().
set -euo pipefail

EXPECTED='blank: ["--label","a=1","--label","b=2"]
line break: ["--label","a=1\n--label","b=2"]
tab: ["--label\ta=1"]
single quotes: ["--label","'"'"'a=1","2'"'"'"]
double quotes, first: ["a=1 ","--push"]
double quotes, last: ["--push","a=1"]'

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm install --silent --no-audit --no-fund --prefix . azure-pipelines-task-lib@5.281.0 >/dev/null
cat >finding.js <<'PROGRAM'
const tasks = require('azure-pipelines-task-lib/task');
function show(name, line) {
    const tool = tasks.tool(process.execPath);
    tool.line(line);
    console.log(`seen ${name}: ${JSON.stringify(tool.args)}`);
}

show('blank', '--label a=1 --label b=2');
show('line break', '--label a=1\n--label b=2\n');
show('tab', '--label\ta=1');
show('single quotes', "--label 'a=1 2'");
show('double quotes, first', '"a=1 " --push');
show('double quotes, last', '--push "a=1 "');
PROGRAM
seen=$(node finding.js | sed -n 's/^seen //p')

printf -- '--- seen\n%s\n' "$seen"
[ "$seen" = "$EXPECTED" ] || { printf -- '--- expected\n%s\n' "$EXPECTED"; exit 1; }
