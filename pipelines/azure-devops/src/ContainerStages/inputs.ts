import * as fs from 'fs';
import * as path from 'path';
import * as tasks from 'azure-pipelines-task-lib/task';
import { splitArguments } from '../common/argumentList';
import { UserError } from '../common/errors';
import { CACHE_FROM, CACHE_TO, flag, list, parts, text, workingDirectory } from '../common/inputValues';

/** What is built: a project or solution, or a Dockerfile; absolute path. */
export interface Inputs {
    readonly kind: 'project' | 'dockerfile';
    readonly file: string;
    readonly registries: readonly string[];
    /** Empty: a project has a name of its own. */
    readonly repository: string;
    readonly tags: readonly string[];
    readonly push: boolean;
    readonly context: string;
    readonly target: string;
    readonly platforms: readonly string[];
    /** Empty: the engine that works here. */
    readonly engine: string;
    readonly cacheFrom: readonly string[];
    readonly cacheTo: readonly string[];
    readonly locked: boolean;
    readonly reports: readonly string[];
    readonly sboms: readonly string[];
    readonly archive: string;
    readonly pipelineData: boolean;
    readonly baseImageData: boolean;
    readonly feeds: readonly string[];
    readonly artifacts: boolean;
    readonly further: readonly string[];
    readonly folder: string;
}

/** Reads and checks all inputs, before anything is done. */
export function readInputs(): Inputs {
    const folder = workingDirectory();
    const { kind, file } = source(folder);
    const inputs: Inputs = {
        kind, file, folder,
        registries: list('containerRegistry', /,/),
        repository: text('repository').toLowerCase(),
        tags: list('tags', /[\n,]/),
        push: flag('push', true),
        context: supplied('context', folder),
        target: text('target'),
        platforms: list('platforms', /[\n,;]/),
        engine: text('engine') === 'auto' ? '' : text('engine'),
        cacheFrom: caches('cacheFrom', kind, CACHE_FROM),
        cacheTo: caches('cacheTo', kind, CACHE_TO),
        locked: flag('locked', false),
        reports: list('report', /[\n;]/).map(file => path.resolve(folder, file)),
        sboms: list('sbom', /[\n;]/).map(file => path.resolve(folder, file)),
        archive: supplied('archiveOutputPath', folder),
        pipelineData: flag('addPipelineData', false),
        baseImageData: flag('addBaseImageData', false),
        feeds: list('nuGetServiceConnections', /,/),
        artifacts: flag('useArtifactsCredentials', false),
        further: splitArguments(text('arguments')),
    };
    check(inputs);
    return inputs;
}

/** MSBuild takes the variable for a property by itself, and a project's own property wins over it. */
function caches(name: string, kind: Inputs['kind'], variable: string): string[] {
    const given = list(name, /[\n;]/);
    return given.length > 0 || kind === 'project' ? given : parts(tasks.getVariable(variable) ?? '', /;/);
}

function check(inputs: Inputs): void {
    for (const tag of inputs.tags) {
        if (!/^\w[\w.-]{0,127}$/.test(tag)) throw new UserError(`The input 'tags' has '${tag}', which no image can have. A tag is letters, digits, '_', '.' and '-', 128 at most; each stands on a line of its own.`);
    }

    const isSolution = /\.slnx?$/i.test(inputs.file);
    if (isSolution && inputs.repository !== '') {
        throw new UserError(`The input 'repository' names one image, and the solution '${inputs.file}' may have several. Set ContainerRepository in each project, and leave 'repository' out.`);
    }

    if (inputs.kind === 'dockerfile' && inputs.repository === '' && inputs.registries.length > 0) {
        throw new UserError("The input 'repository' lacks: an image of a Dockerfile has no other name to be pushed under.");
    }

    if (inputs.kind === 'project' && inputs.pipelineData) {
        throw new UserError("The input 'addPipelineData' is for a Dockerfile. A project says its labels itself: <ContainerLabel Include=\"com.example.build\" Value=\"$(BUILD_BUILDID)\" />.");
    }

    if (inputs.kind === 'dockerfile' && inputs.baseImageData) {
        throw new UserError("The input 'addBaseImageData' is for a project. Leave it out for a Dockerfile.");
    }
}

/** Exactly one of two. An empty path input is the folder of the sources, because agents fill it in. */
function source(folder: string): { readonly kind: Inputs['kind']; readonly file: string } {
    const project = supplied('project', folder);
    const dockerfile = supplied('dockerfile', folder);
    if ((project === '') === (dockerfile === '')) {
        throw new UserError(project === ''
            ? "One of the inputs 'project' and 'dockerfile' must name what is built."
            : `The inputs 'project' ('${project}') and 'dockerfile' ('${dockerfile}') are both given. Name one: a project that is built from a Dockerfile says so itself (ContainerStagesDockerfile).`);
    }

    const kind = project === '' ? 'dockerfile' : 'project';
    const file = project || dockerfile;
    if (!fs.existsSync(file)) throw new UserError(`The input '${kind}' names a file that is not there: '${file}'.`);
    return { kind, file };
}

function supplied(name: string, folder: string): string {
    const given = text(name);
    const full = given === '' || given === '**' ? '' : path.resolve(folder, given);
    return full === path.resolve(tasks.getVariable('Build.SourcesDirectory') ?? folder) && name !== 'context' ? '' : full;
}
