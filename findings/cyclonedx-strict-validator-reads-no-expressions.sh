#!/usr/bin/env bash
# Package: @cyclonedx/cyclonedx-library 10.3.0 (npm) with ajv 8.20.0, which it validates with.
#
# JsonStrictValidator, and the published schema of CycloneDX 1.6 behind it, takes any text for a license expression and for a package URL, a reference in
# "dependencies" that no component has, and two components with one bom-ref, which "MUST be unique". Of one license's id it knows the list of SPDX, and refuses
# what is not on it.
#
# The guess that is wrong: a document that passes the strict validator has licenses, package URLs and references that others can read.
#
# Why it matters: a tool that writes bills of materials is tested by this validator, and the one mistake that it makes most easily, the text of a package
# database ("GPL", "BSD custom") as an expression, passes. Readers then drop the component or the document. Tests have to read all of these by themselves.
set -euo pipefail

EXPECTED='a document as it should be: valid
license.id that SPDX has not: refused
expression that is none: valid
package URL that is none: valid
dependency on nothing: valid
two components with one bom-ref: valid'

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm install --silent --no-audit --no-fund --ignore-scripts --prefix . \
    @cyclonedx/cyclonedx-library@10.3.0 ajv@8.20.0 ajv-formats@3.0.1 ajv-formats-draft2019@1.6.1 >/dev/null
cat >finding.mjs <<'PROGRAM'
import { Spec, Validation } from '@cyclonedx/cyclonedx-library';
const validator = new Validation.JsonStrictValidator(Spec.Version.v1dot6);
const good = { type: 'library', 'bom-ref': 'a', name: 'a', version: '1', purl: 'pkg:npm/a@1', licenses: [{ expression: 'MIT OR Apache-2.0' }] };
async function show(name, components, dependsOn = []) {
    const bom = { bomFormat: 'CycloneDX', specVersion: '1.6', version: 1, components, dependencies: [{ ref: 'a', dependsOn }] };
    console.log(`${name}: ${await validator.validate(JSON.stringify(bom)) === null ? 'valid' : 'refused'}`);
}

await show('a document as it should be', [good]);
await show('license.id that SPDX has not', [{ ...good, licenses: [{ license: { id: 'BSD custom' } }] }]);
await show('expression that is none', [{ ...good, licenses: [{ expression: 'BSD custom AND (' }] }]);
await show('package URL that is none', [{ ...good, purl: 'none at all' }]);
await show('dependency on nothing', [good], ['nothing']);
await show('two components with one bom-ref', [good, { ...good, name: 'b' }]);
PROGRAM
seen=$(node finding.mjs)

printf -- '--- seen\n%s\n' "$seen"
[ "$seen" = "$EXPECTED" ] || { printf -- '--- expected\n%s\n' "$EXPECTED"; exit 1; }
