#!/usr/bin/env bash
# Package: tar-stream 3.2.2 (npm), the usual reader and writer of tar archives as streams for Node.js; GNU tar of the machine.
#
# pack() writes an owner above 262143 as 262143, without an error. extract() gives the owner and the time of the old header for an entry whose
# pax records (uid, gid, mtime) tell others: uid 0 for what GNU tar --format=pax wrote for uid 1000660000, and the whole second of a time. The
# records are there in header.pax, and size and path are taken from them. In GNU's format, which has large numbers in the header, it reads the
# owner right.
#
# The guess that is wrong: a library that writes pax records for a long path, and reads size and path from them, does so for the owner; and a
# number that does not fit is an error.
#
# Why it matters: clusters run containers as users above 1000000000, and rootless engines map users from 100000 upward in blocks of 65536. A
# layer that goes through the library has files that belong to a user who is nobody (262143), or to root.
set -euo pipefail

EXPECTED='packed 262143: 262143
packed 262144: 262143
packed 1000660000: 262143
extracted, gnu: 1000660000
extracted, pax: 0, header.pax 1000660000
extracted, pax, time 1.5: 1, header.pax 1.5'

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm install --silent --no-audit --no-fund --ignore-scripts --prefix . tar-stream@3.2.2 >/dev/null
touch -d @1.5 file
for format in gnu pax; do tar --format=$format --owner=somebody:1000660000 --group=somebody:1000660000 -cf $format.tar file; done
cat >finding.js <<'PROGRAM'
const fs = require('fs');
const tar = require('tar-stream');

if (process.argv[2] === 'pack') {
    const pack = tar.pack();
    for (const uid of [262143, 262144, 1000660000]) pack.entry({ name: String(uid), uid, gid: uid }, 'content');
    pack.finalize();
    pack.pipe(process.stdout);
} else {
    for (const format of ['gnu', 'pax']) {
        const extract = tar.extract();
        extract.on('entry', (header, content, next) => {
            const records = header.pax ?? {};
            console.log(`extracted, ${format}: ${header.uid}${records.uid ? `, header.pax ${records.uid}` : ''}`);
            if (records.mtime) console.log(`extracted, ${format}, time 1.5: ${header.mtime / 1000}, header.pax ${records.mtime}`);
            content.resume();
            content.on('end', next);
        });
        extract.end(fs.readFileSync(`${format}.tar`));
    }
}
PROGRAM
node finding.js pack >packed.tar
seen="$(tar --numeric-owner -tvf packed.tar | awk '{ sub("/.*", "", $2); print "packed " $6 ": " $2 }')
$(node finding.js)"

printf -- '--- seen\n%s\n' "$seen"
[ "$seen" = "$EXPECTED" ] || { printf -- '--- expected\n%s\n' "$EXPECTED"; exit 1; }
