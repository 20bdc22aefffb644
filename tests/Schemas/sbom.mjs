// Reads bills of materials as others do, and prints what is wrong with each: node sbom.mjs FILE...
// CycloneDX by its own library and published schema, and what these leave out; SPDX, whose schema is in no package, by its rules of documents, packages and relationships
// and by the reader of its license expressions; package URLs of both by the library of their authors.
import { readFileSync } from 'node:fs';
import { Spec, Validation } from '@cyclonedx/cyclonedx-library';
import { PackageURL } from 'packageurl-js';
import parseLicense from 'spdx-expression-parse';

const problems = [];
for (const file of process.argv.slice(2)) {
    const text = readFileSync(file, 'utf8');
    const found = JSON.parse(text).bomFormat ? await cycloneDx(text) : spdx(JSON.parse(text));
    problems.push(...found.map(problem => `${file}: ${problem}`));
}
console.log(JSON.stringify(problems));

async function cycloneDx(text) {
    const wrong = await new Validation.JsonStrictValidator(Spec.Version.v1dot6).validate(text);
    const bom = JSON.parse(text);
    const all = [bom.metadata.component, ...bom.components, ...(bom.metadata.component.pedigree?.ancestors ?? [])];
    const known = new Set(all.map(one => one['bom-ref']));
    return [
        ...(wrong ? [JSON.stringify(wrong)] : []),
        ...(known.size === all.length ? [] : ['two components have one bom-ref']),
        ...bom.dependencies.flatMap(one => [one.ref, ...one.dependsOn]).filter(ref => !known.has(ref)).map(ref => `nothing is ${ref}`),
        ...all.flatMap(one => one.purl ? urlProblems(one.purl) : []),
        ...all.flatMap(one => (one.licenses ?? []).filter(license => license.expression).flatMap(license => licenseProblems(license.expression, new Set()))),
    ];
}

function spdx(document) {
    const ids = new Set(['SPDXRef-DOCUMENT', ...document.packages.map(one => one.SPDXID)]);
    const licenses = new Set((document.hasExtractedLicensingInfos ?? []).map(one => one.licenseId));
    return [
        ...lacks(document, 'document', ['spdxVersion', 'dataLicense', 'SPDXID', 'name', 'documentNamespace', 'creationInfo']),
        ...(document.spdxVersion === 'SPDX-2.3' && document.dataLicense === 'CC0-1.0' ? [] : ['another version or license']),
        ...(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/.test(document.creationInfo.created) ? [] : ['created is no time']),
        ...(document.creationInfo.creators.every(one => /^(Tool|Person|Organization): ./.test(one)) ? [] : ['a creator is none']),
        ...(URL.canParse(document.documentNamespace) && !document.documentNamespace.includes('#') ? [] : ['the namespace is no address']),
        ...(ids.size === document.packages.length + 1 ? [] : ['two packages have one id']),
        ...document.packages.flatMap(one => packageProblems(one, licenses)),
        ...document.relationships.flatMap(one => [one.spdxElementId, one.relatedSpdxElement]).filter(id => !ids.has(id)).map(id => `nothing is ${id}`),
        ...(document.relationships.some(one => one.relationshipType === 'DESCRIBES') ? [] : ['it describes nothing']),
    ];
}

function packageProblems(one, licenses) {
    return [
        ...lacks(one, one.SPDXID, ['name', 'SPDXID', 'downloadLocation']),
        ...(/^SPDXRef-[A-Za-z0-9.-]+$/.test(one.SPDXID) ? [] : [`${one.SPDXID} is no id`]),
        ...(one.supplier === 'NOASSERTION' || /^(Person|Organization): ./.test(one.supplier) ? [] : [`the supplier ${one.supplier}`]),
        ...licenseProblems(one.licenseDeclared, licenses),
        ...(one.externalRefs ?? []).flatMap(ref => urlProblems(ref.referenceLocator)),
        ...(one.checksums ?? []).filter(sum => sum.checksumValue.length !== { SHA256: 64, SHA512: 128 }[sum.algorithm]).map(() => `a checksum of ${one.name}`),
    ];
}

function lacks(element, name, fields) {
    return fields.filter(field => !element[field]).map(field => `${name} has no ${field}`);
}

function licenseProblems(expression, known) {
    if (expression === 'NOASSERTION' || known.has(expression)) return [];
    try {
        parseLicense(expression);
        return [];
    } catch (error) {
        return [`license ${expression}: ${error.message}`];
    }
}

// The specification wants a plus sign encoded, and a colon and a tilde not, wherever they stand (ECMA-427, character encoding); the library does otherwise in versions
// and in qualifiers.
function urlProblems(url) {
    const written = PackageURL.fromString(url).toString().replaceAll('+', '%2B').replaceAll('%3A', ':').replaceAll('%7E', '~');
    return written === url ? [] : [`${url} would be ${written}`];
}
