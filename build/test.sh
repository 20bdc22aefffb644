#!/usr/bin/env bash
# Every test: units, the real registry, the real kernel, and end to end with the packed SDK.
#   test.sh          all of them
#   test.sh --fast   the unit tests of Core and Tasks only, without packing (under two minutes)
source "$(dirname "$0")/lib.sh"
source "$(dirname "$0")/registry.sh"

# What a test project may take at most, in seconds: a test that hangs must not hang a pipeline.
LIMIT=1500
NO_TESTS_RAN=8
export TESTINGPLATFORM_TELEMETRY_OPTOUT=1
exec </dev/null

main() {
    local projects=() filter=()
    case ${1:-} in
        --fast)
            projects=(Core.Tests Tasks.Tests)
            filter=(--filter "TestCategory!=EndToEnd")
            ;;
        '')
            for project in "$ROOT"/tests/*.Tests; do projects+=("$(basename "$project")"); done
            prepare_end_to_end
            ;;
        *) usage ;;
    esac
    PASSED=0 FAILED=0 SKIPPED=0
    for project in "${projects[@]}"; do build "$project"; done
    for project in "${projects[@]}"; do run "$project" ${filter[@]+"${filter[@]}"}; done
    say ""
    say "$PASSED passed, $FAILED failed, $SKIPPED skipped"
    [ $FAILED = 0 ]
}

prepare_end_to_end() {
    title "Preparing"
    "$ROOT/build/setup.sh" --tests
    quietly "$ROOT/build/pack.sh" || fail "build/pack.sh failed; its output stands above."
    if ! registry_running; then trap registry_stop EXIT; fi
    "$ROOT/build/base-images.sh"
    source "$ARTIFACTS/test.env"
    note "packages and program in artifacts/, registry at $CONTAINERSTAGES_TEST_REGISTRY"
}

build() {
    quietly dotnet build "$ROOT/tests/$1" -nologo -v quiet || fail "tests/$1 does not compile; the errors stand above."
}

# run PROJECT FILTER...
run() {
    local log code=0
    log=$(mktemp)
    title "tests/$1"
    timeout --kill-after 30 $LIMIT "$(program_of "$1")" --ansi off --progress off "${@:2}" 2>&1 | tee "$log" || code=$?
    count "$log" "$code" "$1"
    rm -f "$log"
}

program_of() { echo "$ARTIFACTS/bin/ContainerStages.$1/debug/ContainerStages.$1"; }

# Adds what the summary of the run says; a run that ends badly without saying so is one failure.
count() {
    local passed failed skipped
    passed=$(summary succeeded "$1") failed=$(summary failed "$1") skipped=$(summary skipped "$1")
    if [ "$2" != 0 ] && [ "$2" != $NO_TESTS_RAN ] && [ "$failed" = 0 ]; then
        warn "tests/$3 ended with exit code $2"
        failed=1
    fi
    PASSED=$((PASSED + passed)) FAILED=$((FAILED + failed)) SKIPPED=$((SKIPPED + skipped))
}

summary() {
    local number
    number=$(sed -n "/^Test run summary/,\$ s/^ *$1: *\([0-9]*\) *\$/\1/p" "$2" | tail -n 1)
    echo "${number:-0}"
}

main "$@"
