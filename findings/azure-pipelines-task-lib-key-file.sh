#!/usr/bin/env bash
# Package: azure-pipelines-task-lib 5.281.0 (npm), the library that tasks of Azure Pipelines are written with.
#
# Loading the library writes a file. `require('azure-pipelines-task-lib/task')` alone, without a call of any function, leaves `.taskkey` in the folder that
# AGENT_TEMPDIRECTORY names, else in the one of AGENT_WORKFOLDER, else in the current folder: the key of the secrets that it keeps in memory. The file stays when
# the process ends, and the next load writes another one over it.
#
# The guess that is wrong: a library is loaded without effects, and a file that holds a key goes with the process that needed it.
#
# Why it matters: where a task's modules are loaded outside an agent (unit tests, a bundler that evaluates, a script that reads task.json beside them), the file
# lands in the project, from where `git add .` or a build context takes it along. Tests of a task have to set AGENT_TEMPDIRECTORY before the first import, and
# ignore files want a line for it.
set -euo pipefail

EXPECTED='current folder: .taskkey
AGENT_WORKFOLDER: .taskkey
AGENT_TEMPDIRECTORY: .taskkey
loaded again: another key'

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm install --silent --no-audit --no-fund --prefix . azure-pipelines-task-lib@5.281.0 >/dev/null
export NODE_PATH=$work/node_modules
unset AGENT_TEMPDIRECTORY AGENT_WORKFOLDER AGENT_VERSION

# load VARIABLES...: loads the library and does nothing else.
load() { env "$@" node -e "require('azure-pipelines-task-lib/task')" >/dev/null; }
mkdir here agent-work agent-temp elsewhere
(cd here && load)
(cd elsewhere && load AGENT_WORKFOLDER="$work/agent-work" && load AGENT_WORKFOLDER="$work/agent-work" AGENT_TEMPDIRECTORY="$work/agent-temp")
first=$(cat here/.taskkey)
(cd here && load)
seen="current folder: $(ls -A here)
AGENT_WORKFOLDER: $(ls -A agent-work)
AGENT_TEMPDIRECTORY: $(ls -A agent-temp)
loaded again: $([ "$first" = "$(cat here/.taskkey)" ] && echo the same key || echo another key)"

printf -- '--- seen\n%s\n' "$seen"
[ -z "$(ls -A elsewhere)" ] || { echo "the current folder holds a file, although another was named"; exit 1; }
[ "$seen" = "$EXPECTED" ] || { printf -- '--- expected\n%s\n' "$EXPECTED"; exit 1; }
