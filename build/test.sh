#!/usr/bin/env bash
# Every test: units, the real registry, the real kernel, and end to end with the packed SDK.
#   test.sh          all of them
#   test.sh --fast   the unit tests of Core and Tasks only, without packing (under two minutes)
source "$(dirname "$0")/lib.sh"
source "$(dirname "$0")/registry.sh"

# What a test project may take at most, in seconds: a test that hangs must not hang a pipeline.
LIMIT=2400
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
    PASSED=0 FAILED=0 SKIPPED=0 FAILURES=$(mktemp)
    build "${projects[@]}"
    await_images
    for project in "${projects[@]}"; do run "$project" ${filter[@]+"${filter[@]}"}; done
    say ""
    cat "$FAILURES"
    rm -f "$FAILURES"
    say "$PASSED passed, $FAILED failed, $SKIPPED skipped"
    [ $FAILED = 0 ]
}

# The native compiler keeps one core busy for minutes, and so does Debian's package manager: images are made beside packing and building.
prepare_end_to_end() {
    title "Preparing"
    "$ROOT/build/setup.sh" --tests
    registry_running || STARTS_REGISTRY=1
    trap finish EXIT
    { "$ROOT/build/base-images.sh" && "$ROOT/build/engines.sh"; } &
    IMAGES=$!
    quietly "$ROOT/build/pack.sh" || fail "build/pack.sh failed; its output stands above."
}

finish() {
    kill "$IMAGES" 2>/dev/null || :
    [ "${STARTS_REGISTRY:-0}" = 0 ] || registry_stop
}

await_images() {
    [ -n "${IMAGES:-}" ] || return 0
    wait "$IMAGES" || fail "build/base-images.sh or build/engines.sh failed; its output stands above."
    IMAGES=''
    source "$ARTIFACTS/test.env"
    note "packages and program in artifacts/, registry at $CONTAINERSTAGES_TEST_REGISTRY"
}

# build PROJECT...: in one run, which compiles what they share once and the rest on all cores.
build() {
    local filter=$ARTIFACTS/tests.slnf project comma=''
    mkdir -p "$ARTIFACTS"
    {
        printf '{ "solution": { "path": "../ContainerStages.sln", "projects": ['
        for project in "$@"; do printf '%s"tests/%s/ContainerStages.%s.csproj"' "$comma" "$project" "$project" && comma=', '; done
        printf '] } }\n'
    } >"$filter"
    quietly dotnet build "$filter" -nologo -v quiet || fail "the tests do not compile; the errors stand above."
}

# run PROJECT FILTER...
run() {
    local log code=0
    log=$(mktemp)
    title "tests/$1"
    timeout --kill-after 30 $LIMIT "$(program_of "$1")" --ansi off --progress off "${@:2}" 2>&1 | tee "$log" || code=$?
    count "$log" "$code" "$1"
    failures "$log" >>"$FAILURES"
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

# The tests that failed, each with the beginning of what it says: shown again at the end, since the output in between is long.
failures() {
    awk '/^failed .* \(/ { left = 10 } /^[^ ]/ && !/^failed / { left = 0 } left-- > 0 { print substr($0, 1, 300) }' "$1"
}

summary() {
    local number
    number=$(sed -n "/^Test run summary/,\$ s/^ *$1: *\([0-9]*\) *\$/\1/p" "$2" | tail -n 1)
    echo "${number:-0}"
}

main "$@"
