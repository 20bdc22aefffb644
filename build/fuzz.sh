#!/usr/bin/env bash
# Tries made-up inputs on the readers of untrusted input (parser, words, ignore, reference, tar), led by the branches that each input takes.
#   fuzz.sh [--seconds N] [--seed N] [TARGET...]   each target for N seconds (60); all targets where none is named
#   fuzz.sh --try TARGET FILE                      one input
#   fuzz.sh --afl TARGET [OPTION...]               with afl-fuzz (Debian: afl++) until Ctrl+C; the options are its own
# A failing input is made small and left in artifacts/fuzz. Mended, it goes to tests/Fuzz/Seeds/TARGET, where every run begins with it.
source "$(dirname "$0")/lib.sh"

FOLDER=$ARTIFACTS/fuzz
FUZZ=$FOLDER/program/ContainerStages.Fuzz
TOOL=$FOLDER/tool/sharpfuzz
TARGETS=(parser words ignore reference tar)
# What the inputs run through; the base class library stays as it is.
INSTRUMENTED=(ContainerStages.Core.dll)

main() {
    local seconds=60 seed=$RANDOM
    while [[ ${1:-} == --* ]]; do
        case $1 in
            --seconds) seconds=${2:?}; shift 2 ;;
            --seed) seed=${2:?}; shift 2 ;;
            --try) prepare; exec "$FUZZ" --try "${2:?}" "${3:?}" ;;
            --afl) prepare; run_afl "${@:2}" ;;
            *) usage ;;
        esac
    done
    prepare
    local failed=0
    for target in "${@:-${TARGETS[@]}}"; do
        title "$target"
        "$FUZZ" "$target" "$seconds" "$seed" "$FOLDER" || failed=$((failed + 1))
    done
    [ $failed = 0 ] || fail "$failed of the targets failed."
}

# A copy of the program, instrumented anew each time: instrumenting twice is refused.
prepare() {
    [ -x "$TOOL" ] || quietly dotnet tool install SharpFuzz.CommandLine --version 2.3.0 --tool-path "$FOLDER/tool" ||
        fail "SharpFuzz.CommandLine cannot be installed; its output stands above."
    rm -rf "$FOLDER/program"
    quietly dotnet build "$ROOT/tests/Fuzz" -nologo -v quiet -p:RunAnalyzers=false -o "$FOLDER/program" ||
        fail "tests/Fuzz does not compile; the errors stand above."
    for file in "${INSTRUMENTED[@]}"; do quietly "$TOOL" "$FOLDER/program/$file" || fail "$file cannot be instrumented."; done
}

run_afl() {
    local target=${1:?}
    command -v afl-fuzz >/dev/null || fail "afl-fuzz is missing (Debian: apt-get install afl++)."
    "$FUZZ" --seeds "$target" "$FOLDER/afl/$target.seeds"
    export AFL_SKIP_BIN_CHECK=1 AFL_SKIP_CPUFREQ=1 AFL_I_DONT_CARE_ABOUT_MISSING_CRASHES=1
    exec afl-fuzz -i "$FOLDER/afl/$target.seeds" -o "$FOLDER/afl/$target" -t 20000 -m none "${@:2}" -- "$FUZZ" --afl "$target"
}

main "$@"
