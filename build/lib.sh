# Shared by the scripts of this folder; sourced, never run.
# shellcheck shell=bash
set -euo pipefail

ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
ARTIFACTS=$ROOT/artifacts
PROGRAM=$ARTIFACTS/program/linux-x64/dotnet-stages
# A login shell may name no locale; file names are UTF-8 all the same, and numbers have points.
export LC_ALL=C.UTF-8
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1 DOTNET_SKIP_FIRST_TIME_EXPERIENCE=1

if [ -t 1 ] && [ "${NO_COLOR:-}" = "" ]; then
    BOLD=$'\e[1m' DIM=$'\e[2m' RED=$'\e[31m' GREEN=$'\e[32m' PLAIN=$'\e[0m'
else
    BOLD='' DIM='' RED='' GREEN='' PLAIN=''
fi

title() { printf '\n%s%s%s\n' "$BOLD" "$*" "$PLAIN"; }
say() { printf '%s\n' "$*"; }
note() { printf '%s%s%s\n' "$DIM" "$*" "$PLAIN"; }
warn() { printf '%s%s%s\n' "$RED" "$*" "$PLAIN" >&2; }
fail() { warn "error: $*"; exit 1; }

# The comment at the head of the script that runs.
usage() { awk 'NR == 1 { next } /^#/ { sub(/^# ?/, ""); print; next } { exit }' "$0"; exit 2; }

now_ms() { echo $((${EPOCHREALTIME/[.,]/} / 1000)); }
seconds() { printf '%d.%d s' $(($1 / 1000)) $(($1 % 1000 / 100)); }

# A store made by an ordinary user holds files of that user's subordinate ids, which only a user namespace can remove.
remove_tree() {
    [ -e "$1" ] || return 0
    rm -rf "$1" 2>/dev/null || unshare --user --map-root-user --map-auto rm -rf "$1"
}

# Runs a command and shows its output only when it fails.
quietly() {
    local log
    log=$(mktemp)
    if "$@" >"$log" 2>&1 </dev/null; then rm -f "$log"; else
        local code=$?
        cat "$log" >&2
        rm -f "$log"
        return $code
    fi
}

# npm_packages FROM INTO [HINT]   installs what FROM/package-lock.json names into the folder INTO, unless it is there; HINT ends the error
npm_packages() {
    if cmp -s "$1/package-lock.json" "$2/package-lock.json" && [ -e "$2/node_modules/.package-lock.json" ]; then return; fi
    cp "$1/package.json" "$1/package-lock.json" "$2"
    # No package here needs its install script.
    if ! quietly npm ci --prefix "$2" --ignore-scripts --no-audit --no-fund; then
        rm -f "$2/package-lock.json"
        fail "npm ci failed; its output stands above.${3:+ $3}"
    fi
}
