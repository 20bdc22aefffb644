# Fifty builds of different projects on one store, two at a time and all at once, of this project alone; sourced by build/bench.sh.
# shellcheck shell=bash
MANY=50

# many ROUNDS
many() {
    local round at
    make_many
    for round in $(seq "$1"); do
        note "many: round $round of $1"
        for at in 2 "$MANY"; do
            stages_reset >/dev/null
            timed "many-$at" stages many_builds "$at" || true
        done
    done
    print_many
}

# many_builds AT_ONCE
many_builds() {
    local number failed=0
    for number in $(seq "$MANY"); do
        [ "$number" -le "$1" ] || wait -n || failed=1
        stages_build "many-$number" --build-arg "REGISTRY=$REGISTRY" "$WORK/many-$number" &
    done
    for number in $(seq "$1"); do wait -n || failed=1; done
    return "$failed"
}

# A file, and a command that computes for some tenths of a second.
make_many() {
    local number
    for number in $(seq "$MANY"); do
        mkdir -p "$WORK/many-$number"
        head -c 1M /dev/urandom >"$WORK/many-$number/file"
        cat >"$WORK/many-$number/Dockerfile" <<'DOCKERFILE'
ARG REGISTRY
FROM $REGISTRY/library/alpine:latest
COPY file /file
RUN for part in 1 2 3 4 5 6 7 8 9 10; do cat /file /file /file /file; done | sha256sum >/sum
DOCKERFILE
    done
}

print_many() {
    local few all
    few=$(median many-2 stages) all=$(median "many-$MANY" stages)
    table "$MANY builds of different projects on one store" <<TABLE
$MANY builds|time|of two at a time|wanted
two at a time|${few:-failed}${few:+ ms}|1.00|
all at once|${all:-failed}${all:+ ms}|$(ratio "$all" "$few")|<= 1.25, $(at_most "$all" "$few" 1.25)
TABLE
}
