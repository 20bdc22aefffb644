#!/usr/bin/env bash
# Bundles script and style of the report's page into artifacts/page; src/Core takes them into its assembly. The build of src/Core runs this.
# The packages of package-lock.json are installed into artifacts/page, not into the sources.
# Does nothing where the sources are those of the last run.
source "$(dirname "$0")/lib.sh"

SOURCES=$ROOT/src/ReportPage
WORK=$ARTIFACTS/page

main() {
    command -v npm >/dev/null || fail "the report's page needs npm: install it (build/setup.sh --tests does)."
    mkdir -p "$WORK"
    # Two builds at once would write the same files.
    exec 9>"$WORK/lock"
    flock 9
    local hash
    hash=$(cd "$ROOT" && find src/ReportPage build/page.sh -type f -not -path '*/node_modules/*' -print0 |
        sort -z | xargs -0 sha256sum | sha256sum | cut -d' ' -f1)
    if [ ! -e "$WORK/bundle/report.css" ] || [ "$hash" != "$(cat "$WORK/stamp" 2>/dev/null)" ]; then
        install_packages
        bundle
        echo "$hash" >"$WORK/stamp"
    fi
}

install_packages() {
    if cmp -s "$SOURCES/package-lock.json" "$WORK/package-lock.json" && [ -e "$WORK/node_modules/.package-lock.json" ]; then return; fi
    cp "$SOURCES/package.json" "$SOURCES/package-lock.json" "$WORK"
    # No package here needs its install script.
    quietly npm ci --prefix "$WORK" --ignore-scripts --no-audit --no-fund ||
        { rm -f "$WORK/package-lock.json"; fail "npm ci failed; its output stands above. BundleReportPage=false builds without the page."; }
}

bundle() {
    (
        cd "$WORK" &&
            rm -rf src bundle &&
            cp -r "$SOURCES"/{src,build.mjs,tsconfig.json} . &&
            quietly node_modules/.bin/tsc --project . &&
            quietly node build.mjs bundle
    ) || fail "the report's page does not compile; the errors stand above."
}

main
