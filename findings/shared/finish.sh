# How a finding ends; sourced, never run.
# shellcheck shell=bash

# finish SEEN: ends with 0 when it is what EXPECTED says.
finish() {
    printf -- '--- seen\n%s\n' "$1"
    [ "$1" = "$EXPECTED" ] || { printf -- '--- expected\n%s\n' "$EXPECTED"; exit 1; }
}
