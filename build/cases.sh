#!/usr/bin/env bash
# The inputs of public bug reports in tests/Cases, as a table: name, right or wrong, seconds. Ends with 1 where one is wrong.
#   cases.sh [NAME...]     those named; all without a name
# A folder each: the input, `cmd` (bash, run in a copy of the folder; dotnet-stages on the path, $W a scratch folder), and what it must
# print in `expected`. Needs artifacts/test.env (build/base-images.sh) and the packed SDK (build/pack.sh). Taken from the environment where
# they are set: CONTAINERSTAGES_STORE and NUGET_PACKAGES (else fresh ones), CONTAINERSTAGES_TEST_PROGRAM (else the native program).
source "$(dirname "$0")/lib.sh"

CASES=$ROOT/tests/Cases
CASE_PROGRAM=${CONTAINERSTAGES_TEST_PROGRAM:-$PROGRAM}

main() {
    local name wrong=0
    [ -e "$ARTIFACTS/test.env" ] || fail "there is no artifacts/test.env; build/base-images.sh writes it."
    [ -x "$CASE_PROGRAM" ] || fail "there is no program $CASE_PROGRAM; build/pack.sh makes it."
    source "$ARTIFACTS/test.env"
    [ $# -gt 0 ] || set -- $(cd "$CASES" && ls)
    FOLDER=$(mktemp -d "${TMPDIR:-/tmp}/containerstages-cases.XXXXXX")
    trap 'remove_tree "$FOLDER"' EXIT
    prepare
    for name; do run_case "$name" || wrong=1; done
    return $wrong
}

prepare() {
    mkdir -p "$FOLDER/bin"
    printf '#!/bin/sh\nexec "%s" "$@"\n' "$CASE_PROGRAM" >"$FOLDER/bin/dotnet-stages"
    chmod 755 "$FOLDER/bin/dotnet-stages"
    export PATH=$FOLDER/bin:$PATH MSBUILDDISABLENODEREUSE=1 MSBUILDTERMINALLOGGER=off
    export CONTAINERSTAGES_STORE=${CONTAINERSTAGES_STORE:-$FOLDER/store} NUGET_PACKAGES=${NUGET_PACKAGES:-$FOLDER/packages}
}

# run_case NAME
run_case() {
    local started verdict=right
    [ -e "$CASES/$1/cmd" ] || fail "there is no case '$1' in tests/Cases."
    mkdir -p "$FOLDER/$1.scratch"
    cp -R "$CASES/$1" "$FOLDER/$1"
    rm "$FOLDER/$1/cmd" "$FOLDER/$1/expected"
    package_source >"$FOLDER/nuget.config"
    started=$(now_ms)
    (cd "$FOLDER/$1" && W=$FOLDER/$1.scratch bash "$CASES/$1/cmd" </dev/null >"$FOLDER/output" 2>"$FOLDER/errors") || true
    cmp -s "$CASES/$1/expected" "$FOLDER/output" || verdict=wrong
    printf '%-40s %s%-5s%s %8s\n' "$1" "$([ $verdict = right ] && echo "$GREEN" || echo "$RED")" $verdict "$PLAIN" \
        "$(seconds $(($(now_ms) - started)))"
    [ $verdict = right ] || explain "$1"
}

# explain NAME
explain() {
    diff -U 100 --label expected --label printed "$CASES/$1/expected" "$FOLDER/output" | sed 's/^/    /' || true
    tail -n 20 "$FOLDER/errors" | sed 's/^/    /'
    return 1
}

package_source() {
    cat <<CONFIG
<configuration>
  <packageSources>
    <clear />
    <add key="packed" value="$ARTIFACTS/packages" />
  </packageSources>
</configuration>
CONFIG
}

main "$@"
