// Makes the folder of the extension: each task bundled with what it needs, its task.json, and the licenses of what was bundled.
//   node build.mjs FOLDER     with the packages of package-lock.json beside it
import { build } from 'esbuild';
import { cp, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';

const target = process.argv[2];
const tasks = [
    { name: 'ContainerStages', folder: 'ContainerStages/ContainerStagesV1', programs: ['main', 'cleanup'] },
    { name: 'ContainerStagesCache', folder: 'ContainerStagesCache/ContainerStagesCacheV1', programs: ['main'] },
    { name: 'ContainerStagesInstall', folder: 'ContainerStagesInstall/ContainerStagesInstallV1', programs: ['main'] },
];

for (const task of tasks) {
    const folder = path.join(target, task.folder);
    await mkdir(folder, { recursive: true });
    await cp(path.join('tasks', task.folder), folder, { recursive: true });
    await cp('images/task.png', path.join(folder, 'icon.png'));
    const { metafile } = await build({
        entryPoints: task.programs.map(name => `src/${task.name}/${name}.ts`),
        outdir: folder,
        bundle: true,
        minify: true,
        platform: 'node',
        target: 'node20',
        legalComments: 'none',
        metafile: true,
    });
    await writeFile(path.join(folder, 'LICENSES.txt'), await licenses(Object.keys(metafile.inputs)));
}

await cp('vss-extension.json', path.join(target, 'vss-extension.json'));
await cp('images/extension.png', path.join(target, 'extension.png'));

/** The license texts of the packages that files come from, in the order of their names. A package without one is an error. */
async function licenses(files) {
    const folders = new Set(files.map(file => /^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(file)?.[1]).filter(Boolean));
    const texts = [];
    for (const folder of [...folders].sort()) {
        const { name, version, license } = JSON.parse(await readFile(path.join(folder, 'package.json'), 'utf8'));
        const own = (await readdir(folder)).filter(file => /^(licen[cs]e|notice|thirdpartynotice)/i.test(file)).sort();
        if (own.length === 0) throw new Error(`${name} ${version} has no license text`);
        texts.push(`${name} ${version} (${license})\n`, ...await Promise.all(own.map(file => readFile(path.join(folder, file), 'utf8'))));
    }

    return texts.join('\n');
}
