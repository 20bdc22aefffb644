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
        npm_packages "$SOURCES" "$WORK" "BundleReportPage=false builds without the page."
        bundle
        echo "$hash" >"$WORK/stamp"
    fi
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
