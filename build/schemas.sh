#!/usr/bin/env bash
# Installs what reads published schemas into artifacts/schemas, for tests alone: the packages of tests/Schemas/package-lock.json, and the
# scripts beside it. Does nothing where the sources are those of the last run.
source "$(dirname "$0")/lib.sh"

SOURCES=$ROOT/tests/Schemas
WORK=$ARTIFACTS/schemas

main() {
    command -v npm >/dev/null || fail "the tests of published schemas need npm: install it (build/setup.sh --tests does)."
    mkdir -p "$WORK"
    # Two test programs at once would write the same files.
    exec 9>"$WORK/lock"
    flock 9
    npm_packages "$SOURCES" "$WORK"
    cp "$SOURCES"/*.mjs "$WORK"
}

main
