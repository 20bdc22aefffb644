import * as crypto from 'crypto';
import * as fs from 'fs';
import * as path from 'path';
import * as tasks from 'azure-pipelines-task-lib/task';
import { show } from '../common/diagnostics';
import { messageOf, UserError } from '../common/errors';
import { CACHE_FROM, CACHE_TO, flag, list, MINIMUM_AGENT, text, workingDirectory } from '../common/inputValues';
import { runtimeIdentifier } from '../common/platforms';

const LOCK_FILE = 'containerstages.lock.json';

/** Names a shared cache to the steps that follow: MSBuild takes the variables for properties, ContainerStages@1 for its inputs. */
function share(): void {
    tasks.assertAgent(MINIMUM_AGENT);
    const working = workingDirectory();
    const { repository, folder } = place(working);
    const write = flag('write', true);
    const key = [...platforms(), hashOf(lockFiles(working))].filter(part => part !== '').join('-');
    const name = repository === '' ? path.join(folder, key) : `${repository}:${key}`;
    tasks.setVariable(CACHE_FROM, name);
    tasks.setVariable(CACHE_TO, write ? `${repository === '' ? 'type=local,dest=' : 'type=registry,ref='}${name},mode=max` : '');
    tasks.setVariable('cacheKey', key, false, true);
    tasks.setVariable('cacheFolder', repository === '' ? name : '', false, true);
    show(`The steps that follow read the cache ${name}${write ? ' and write it' : ''}.`);
    tasks.setResult(tasks.TaskResult.Succeeded, '');
}

/** Exactly one of two. */
function place(working: string): { readonly repository: string; readonly folder: string } {
    const repository = text('repository');
    const given = text('folder');
    const folder = given === '' ? '' : path.resolve(working, given);
    // An agent fills in the folder of the sources for a path that is left out.
    const isSources = folder === path.resolve(tasks.getVariable('Build.SourcesDirectory') ?? working);
    if ((repository === '') === (folder === '' || isSources)) {
        throw new UserError(repository === ''
            ? "One of the inputs 'repository' and 'folder' must say where the cache is, such as registry.example.com/acme/shop/cache."
            : `The inputs 'repository' ('${repository}') and 'folder' ('${folder}') are both given. Name one.`);
    }

    if (repository !== '' && !/^[\w.-]+(:\d+)?(\/[a-z0-9._-]+)+$/.test(repository)) {
        throw new UserError(`The input 'repository' is '${repository}'. Valid: a registry and a name without tag, such as registry.example.com/acme/shop/cache.`);
    }

    if (repository === '' && /[,;"]/.test(folder)) {
        throw new UserError(`The input 'folder' is '${folder}'. A folder of a cache has no comma, semicolon or quote in its path.`);
    }

    return repository === '' ? { repository, folder } : { repository, folder: '' };
}

function platforms(): readonly string[] {
    const given = list('platforms', /[\n,;]/).map(runtimeIdentifier);
    return given.length > 0 ? given : [`linux-${process.arch}`];
}

/** Those that the input names; else the one of the working directory, where there is one. */
function lockFiles(working: string): readonly string[] {
    const given = list('lockFile', /\n/).map(file => path.resolve(working, file));
    const missing = given.find(file => !fs.existsSync(file));
    if (missing !== undefined) throw new UserError(`The input 'lockFile' names a file that is not there: '${missing}'. 'dotnet-stages lock' or a build writes it.`);
    return given.length > 0 ? given : [path.join(working, LOCK_FILE)].filter(file => fs.existsSync(file));
}

function hashOf(files: readonly string[]): string {
    if (files.length === 0) return '';
    const hash = crypto.createHash('sha256');
    for (const file of files) hash.update(fs.readFileSync(file));
    return hash.digest('hex').slice(0, 16);
}

try {
    share();
} catch (failure) {
    tasks.setResult(tasks.TaskResult.Failed, messageOf(failure));
}
