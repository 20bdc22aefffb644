#!/usr/bin/env bash
# Package: @cyclonedx/cyclonedx-library 10.3.0 (npm).
#
# A component whose type the asked version of CycloneDX has not (a "machine-learning-model" or "platform" in 1.4) is left out of `components`,
# and with it every component inside it, while `dependencies` has them all as before: an entry of its own for each, and in the lists of those
# that depend on them. Nothing is thrown or logged.
#
# The guess that is wrong: what is left out is left out everywhere, as the specification says that a reference names an element of the document;
# and a component of a known type inside it is kept.
#
# Why it matters: older versions are written for readers that know no newer one. These get references to nothing, which some refuse; and a
# package that came with a model or a platform is missing in the bill of materials without a trace but a number.
set -euo pipefail
source "$(dirname "$0")/shared/finish.sh"

EXPECTED='1.6: components app, model (library inside), dependencies app: model; model: library; library: 
1.4: components app, dependencies app: model; model: library; library: '

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm install --silent --no-audit --no-fund --ignore-scripts --prefix . @cyclonedx/cyclonedx-library@10.3.0 >/dev/null
cat >finding.js <<'PROGRAM'
const { Enums, Models, Serialize, Spec } = require('@cyclonedx/cyclonedx-library');

const component = (type, name) => new Models.Component(type, name, { bomRef: name });
const app = component(Enums.ComponentType.Application, 'app');
const model = component(Enums.ComponentType.MachineLearningModel, 'model');
const library = component(Enums.ComponentType.Library, 'library');
model.components.add(library);
app.dependencies.add(model.bomRef);
model.dependencies.add(library.bomRef);
const bom = new Models.Bom();
for (const one of [app, model]) bom.components.add(one);
for (const version of ['1.6', '1.4']) {
    const spec = Spec[`Spec${version.replace('.', 'dot')}`];
    const written = JSON.parse(new Serialize.JsonSerializer(new Serialize.JSON.Normalize.Factory(spec)).serialize(bom, { sortLists: false }));
    const names = list => list.map(one => one.name + (one.components ? ` (${names(one.components)} inside)` : '')).join(', ');
    const lists = written.dependencies.map(one => `${one.ref}: ${(one.dependsOn ?? []).join(', ')}`).join('; ');
    console.log(`${version}: components ${names(written.components)}, dependencies ${lists}`);
}
PROGRAM
finish "$(node finding.js)"
