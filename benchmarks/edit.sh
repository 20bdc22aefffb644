# One changed line of a Go module, the template go-container: dotnet publish to the registry on loopback against go build on this machine; sourced by build/bench.sh.
# Both have compiled everything once before anything is timed, by the same Go with the same flags, and rounds alternate between them.
# shellcheck shell=bash

# edit ROUNDS
edit() {
    local round
    make_edit
    edit_timed first 0
    for round in $(seq "$1"); do
        note "edit: round $round of $1"
        edit_timed again "$round"
    done
    print_edit
}

# edit_timed SCENARIO ROUND
edit_timed() {
    local way
    for way in go stages; do
        cd "$WORK/edit-$way" || return
        sed -i "s|Hello from [^,]*,|Hello from $way in round $2 of $$,|" main.go
        timed "edit-$1" "$way" "edit_$way" || true
    done
    cd "$ROOT" || return
}

# The command of the convention.
edit_go() {
    CGO_ENABLED=0 GOROOT=$EDIT_GOROOT GOCACHE=$WORK/edit-cache GOFLAGS='' \
        "$EDIT_GOROOT/bin/go" build -trimpath -buildvcs=false -tags timetzdata -ldflags '-s -w -buildid=' -o out/program .
}

edit_stages() { with_store edit dotnet publish -p:ContainerRegistry="$REGISTRY" -p:ContainerRepository=bench/edit; }

make_edit() {
    local way version
    mkdir -p "$WORK/edit-root"
    go_tree "$WORK/edit-root"
    EDIT_GOROOT=$(dirname "$(dirname "$(find "$WORK/edit-root" -path '*/bin/go' -type f | head -n 1)")")
    version=$(sed -n '1s/^go\([0-9]*\.[0-9]*\).*/\1/p' "$EDIT_GOROOT/VERSION")
    for way in go stages; do
        cp -R "$ROOT/templates/content/go-container" "$WORK/edit-$way"
        sed -i "s/GO_VERSION/$version/; s/BASE_IMAGE/scratch/" "$WORK/edit-$way"/go.mod "$WORK/edit-$way"/*.goproj
        write_packed_config "$WORK/edit-$way" "$WORK/edit-packages"
    done
}

print_edit() {
    local go stages
    go=$(median edit-again go) stages=$(median edit-again stages)
    table "one changed line of a Go module" <<TABLE
the template go-container|time|wanted
go build on this machine|${go:-failed}${go:+ ms}|
dotnet publish to a registry|${stages:-failed}${stages:+ ms}|<= 1.3 of go build and 150 ms, $(at_most "$stages" "$go" 1.3 150)
TABLE
}
