#!/usr/bin/env bash
# Package: packageurl-js 2.0.1 (npm), the library of the authors of package URLs.
#
# toString() does not write the canonical form of the specification (ECMA-427, "Character encoding": everything is encoded but letters, digits, the marks . - _ ~
# and, wherever it stands, the colon). A plus sign is encoded in a name and stands as it is in a version. A colon and a tilde stand as they are in a version and
# are encoded in the value of a qualifier. A URL that is canonical is another text after fromString(url).toString().
#
# The guess that is wrong: one rule of encoding holds for all parts, and reading a canonical URL and writing it again gives the same text.
#
# Why it matters: package URLs are compared as texts, as keys of bills of materials and of databases of vulnerabilities. Every second package of Debian has a plus
# sign in its version (2.36-9+deb12u14), and every image of a registry with a port has a colon in repository_url: the URL of another tool that follows the
# specification, and the library's own for the same package, are not equal. Compare them parsed, or write both by one library.
set -euo pipefail

EXPECTED='name libstdc++6: pkg:deb/debian/libstdc%2B%2B6@1
version 1:2.36-9+deb12u14~1: pkg:deb/debian/libc6@1:2.36-9+deb12u14~1
qualifier localhost:5000/a~b+c: pkg:oci/app@1?repository_url=localhost%3A5000%2Fa%7Eb%2Bc
canonical pkg:deb/debian/libc6@2.36-9%2Bdeb12u14: written again as pkg:deb/debian/libc6@2.36-9+deb12u14'

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm install --silent --no-audit --no-fund --ignore-scripts --prefix . packageurl-js@2.0.1 >/dev/null
cat >finding.js <<'PROGRAM'
const { PackageURL } = require('packageurl-js');
const write = (type, namespace, name, version, qualifiers) => new PackageURL(type, namespace, name, version, qualifiers).toString();
console.log(`name libstdc++6: ${write('deb', 'debian', 'libstdc++6', '1')}`);
console.log(`version 1:2.36-9+deb12u14~1: ${write('deb', 'debian', 'libc6', '1:2.36-9+deb12u14~1')}`);
console.log(`qualifier localhost:5000/a~b+c: ${write('oci', undefined, 'app', '1', { repository_url: 'localhost:5000/a~b+c' })}`);
const canonical = 'pkg:deb/debian/libc6@2.36-9%2Bdeb12u14';
console.log(`canonical ${canonical}: written again as ${PackageURL.fromString(canonical)}`);
PROGRAM
seen=$(node finding.js)

printf -- '--- seen\n%s\n' "$seen"
[ "$seen" = "$EXPECTED" ] || { printf -- '--- expected\n%s\n' "$EXPECTED"; exit 1; }
