#!/usr/bin/env bash
# Makes the extension for Azure DevOps: the bundled tasks in artifacts/pipelines/extension and the vsix in artifacts/packages.
# The packages of package-lock.json are installed into artifacts/pipelines, not into the sources. Does nothing where the sources are those
# of the last run.
source "$(dirname "$0")/lib.sh"

SOURCES=$ROOT/pipelines/azure-devops
DETAILS=$ROOT/docs/azure-devops.md
WORK=$ARTIFACTS/pipelines
VSIX=$ARTIFACTS/packages/containerstages.containerstages-0.1.0.vsix

main() {
    command -v npm >/dev/null || fail "the extension for Azure DevOps needs npm: install it (build/setup.sh --tests does)."
    mkdir -p "$WORK" "$(dirname "$VSIX")"
    exec 9>"$WORK/lock"
    flock 9
    local hash
    hash=$(fingerprint "$SOURCES" "$DETAILS" "$0")
    if [ ! -e "$VSIX" ] || [ "$hash" != "$(cat "$WORK/stamp" 2>/dev/null)" ]; then
        npm_packages "$SOURCES" "$WORK"
        # tfx wants Node.js 20, and that of the system may be older.
        if [ -x "$WORK/node_modules/node24/bin/node" ]; then PATH=$WORK/node_modules/node24/bin:$PATH; fi
        bundle
        pack_extension
        echo "$hash" >"$WORK/stamp"
    fi
    say "${VSIX#"$ROOT"/}  $(numfmt --to=si --suffix=B "$(stat -c %s "$VSIX")")"
}

fingerprint() {
    find "$@" -type f -not -path '*/node_modules/*' -print0 | sort -z | xargs -0 sha256sum | sed "s| $ROOT/| |" | sha256sum | cut -d' ' -f1
}

# The page of the extension is the documentation's, without links to pages that are not beside it.
bundle() {
    (
        cd "$WORK" &&
            rm -rf src l0 tasks images compiled extension &&
            cp -r "$SOURCES"/{src,l0,tasks,images,build.mjs,tsconfig.json,vss-extension.json} . &&
            quietly node_modules/.bin/tsc --project . &&
            quietly node build.mjs extension &&
            sed -E 's/\[([^]]+)\]\([a-z-]+\.md(#[^)]*)?\)/\1/g' "$DETAILS" >extension/overview.md
    ) || fail "the tasks do not compile; the errors stand above."
}

pack_extension() {
    rm -f "$VSIX"
    (cd "$WORK" && quietly node_modules/.bin/tfx extension create --no-prompt --no-color --root extension \
        --manifest-globs vss-extension.json --output-path "$VSIX") ||
        fail "tfx could not pack the extension; its output stands above."
}

main
