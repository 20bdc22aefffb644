# MSBuild of the .NET SDK 10.0.401 in a temporary folder; sourced, never run.
# shellcheck shell=bash
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/finish.sh"

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1
echo '{ "sdk": { "version": "10.0.401", "rollForward": "disable" } }' >global.json
dotnet --version >/dev/null || exit 2

# run PROJECT OPTION...: what its first target, or the one that an option names, prints; a build that fails ends the script.
run() { dotnet msbuild -nologo -v:minimal "$@" >run.log || { cat run.log >&2; exit 2; }; sed 's/^ *//' run.log; }
