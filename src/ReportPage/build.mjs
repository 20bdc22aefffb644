// Bundles script and style of the report's page, with the license texts of what is in them.
//   node build.mjs FOLDER     with the packages of package-lock.json beside it
import { build } from 'esbuild';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';

const target = process.argv[2];
await mkdir(target, { recursive: true });
const settings = { bundle: true, minify: true, target: 'es2022', charset: 'utf8', legalComments: 'none', write: false };
const script = await build({ ...settings, entryPoints: ['src/main.ts'], format: 'iife', metafile: true });
const style = await build({ ...settings, entryPoints: ['src/page.css'] });
const texts = await licenses(Object.keys(script.metafile.inputs));
// A reader of HTML takes both kinds of line end for one, and the hash in the page's policy is of what it reads.
const text = `/*!\n${texts.replaceAll('*/', '* /').trim()}\n*/\n${script.outputFiles[0].text}`.replaceAll('\r\n', '\n');
// The page holds the script as its own text.
if (/<!--|<\/?script|[\r\0]/i.test(text)) throw new Error('the bundle holds text that a script element cannot hold');
await writeFile(path.join(target, 'report.js'), text);
await writeFile(path.join(target, 'report.css'), style.outputFiles[0].text);

/** The license texts of the packages that files come from, in the order of their names. A package without one is an error. */
async function licenses(files) {
    const folders = new Set(files.map(file => /^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(file)?.[1]).filter(Boolean));
    const texts = [];
    for (const folder of [...folders].sort()) {
        const { name, version, license } = JSON.parse(await readFile(path.join(folder, 'package.json'), 'utf8'));
        const own = (await readdir(folder)).filter(file => /^(licen[cs]e|notice|copying)(\.|$)/i.test(file)).sort();
        if (own.length === 0) throw new Error(`${name} ${version} has no license text`);
        texts.push(`${name} ${version} (${license})\n`, ...await Promise.all(own.map(file => readFile(path.join(folder, file), 'utf8'))));
    }

    return texts.join('\n');
}
