#!/usr/bin/env bash
# Package: @cyclonedx/cyclonedx-library 10.3.0 (npm).
#
# A component's licenses is a set to which any number of licenses and expressions can be added. When the document is written, and there is an
# expression among them, the first expression is written and everything else is left out: of `MIT OR Apache-2.0`, `BSD-3-Clause` (expressions)
# and ISC, added in this order, only the first. Nothing is thrown or logged.
#
# The guess that is wrong: what a model takes is written, or refused. CycloneDX has one expression at most, so a library would join them with
# AND, or throw, as the same project's library for Python does (cyclonedx-python-lib 11.12.0).
#
# Why it matters: a package of a distribution has a license for each group of its files, and each is best told by an expression. The bill of
# materials is valid, and says of such a package that it has the license of one group.
set -euo pipefail
source "$(dirname "$0")/shared/finish.sh"

EXPECTED='two licenses: [{"license":{"id":"ISC"}},{"license":{"id":"Zlib"}}]
an expression and a license: [{"expression":"MIT OR Apache-2.0"}]
two expressions: [{"expression":"MIT OR Apache-2.0"}]
two expressions, the other way round: [{"expression":"BSD-3-Clause"}]'

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm install --silent --no-audit --no-fund --ignore-scripts --prefix . @cyclonedx/cyclonedx-library@10.3.0 >/dev/null
cat >finding.js <<'PROGRAM'
const { Enums, Models, Serialize, Spec } = require('@cyclonedx/cyclonedx-library');

function show(name, ...licenses) {
    const component = new Models.Component(Enums.ComponentType.Library, 'package');
    for (const license of licenses) component.licenses.add(license);
    const bom = new Models.Bom();
    bom.components.add(component);
    const serializer = new Serialize.JsonSerializer(new Serialize.JSON.Normalize.Factory(Spec.Spec1dot6));
    console.log(`${name}: ${JSON.stringify(JSON.parse(serializer.serialize(bom)).components[0].licenses)}`);
}

const either = new Models.LicenseExpression('MIT OR Apache-2.0'), bsd = new Models.LicenseExpression('BSD-3-Clause');
const isc = new Models.SpdxLicense('ISC'), zlib = new Models.SpdxLicense('Zlib');
show('two licenses', isc, zlib);
show('an expression and a license', either, isc);
show('two expressions', either, bsd);
show('two expressions, the other way round', bsd, either);
PROGRAM
finish "$(node finding.js)"
