#!/usr/bin/env bash
# Package: @actions/workflow-parser 0.3.61 (npm), GitHub's reader of workflows and actions.
#
# Node.js, which the package names as its engine (>= 20), cannot import it: its modules import their schemas, two JSON files, without saying that they are JSON,
# and Node.js refuses that, whatever is imported of it. A bundler does not mind. With a hook of two lines that adds what lacks, everything works.
#
# The guess that is wrong: a package that is published as ECMAScript modules, with "engines": { "node": ">= 20" } and no bundle, can be imported by Node.js 20.
#
# Why it matters: it is the one published reader that checks an action.yml or a workflow as GitHub's editor does, and a test that wants it seems to have got the
# wrong version of Node.js, or a broken installation; neither helps.
set -euo pipefail

EXPECTED='engines: {"node":">= 20"}
imported: ERR_IMPORT_ATTRIBUTE_MISSING
with the hook: Required property is missing: runs-on'

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm install --silent --no-audit --no-fund --ignore-scripts --prefix . @actions/workflow-parser@0.3.61 >/dev/null
cat >finding.mjs <<'PROGRAM'
import { register } from 'node:module';
import { readFileSync } from 'node:fs';

console.log(`engines: ${JSON.stringify(JSON.parse(readFileSync('node_modules/@actions/workflow-parser/package.json', 'utf8')).engines)}`);
if (process.argv[2] === 'hook') {
    const hook = `export const load = (url, context, next) => next(url, url.endsWith('.json') ? { ...context, importAttributes: { type: 'json' } } : context);`;
    register(`data:text/javascript,${encodeURIComponent(hook)}`);
}
try {
    const { NoOperationTraceWriter, parseWorkflow } = await import('@actions/workflow-parser');
    const parsed = parseWorkflow({ name: 'flow.yml', content: 'on: push\njobs:\n  one:\n    steps:\n      - run: echo\n' }, new NoOperationTraceWriter());
    console.log(`with the hook: ${parsed.context.errors.getErrors()[0].rawMessage}`);
} catch (error) {
    // Node.js before 21 says assertion, later ones attribute.
    console.log(`imported: ${error.code.replace('ASSERTION_TYPE', 'ATTRIBUTE')}`);
}
PROGRAM
seen="$(node finding.mjs)
$(node --no-warnings finding.mjs hook | tail -n 1)"

printf -- '--- seen\n%s\n' "$seen"
[ "$seen" = "$EXPECTED" ] || { printf -- '--- expected\n%s\n' "$EXPECTED"; exit 1; }
