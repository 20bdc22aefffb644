import * as path from 'path';
import * as tasks from 'azure-pipelines-task-lib/task';
import { dockerPlatform, runtimeIdentifier } from '../common/platforms';
import { Destination } from './destination';
import { Inputs } from './inputs';

export interface BuildCommand {
    readonly program: string;
    readonly args: readonly string[];
    readonly whereFrom: string;
}

/** Variables of the pipeline that become labels, under the names that Docker@2 gives them. */
const PIPELINE_DATA = [
    'System.TeamFoundationCollectionUri', 'System.TeamProject', 'Build.Repository.Name', 'Build.Repository.Uri', 'Build.SourceBranchName', 'Build.SourceVersion',
    'Build.DefinitionName', 'Build.BuildNumber', 'Build.BuildUri', 'Release.DefinitionName', 'Release.ReleaseId', 'Release.ReleaseWebUrl',
];

export function commandFor(inputs: Inputs, destination: Destination): BuildCommand {
    return inputs.kind === 'dockerfile' ? dockerfileCommand(inputs, destination) : projectCommand(inputs, destination);
}

function dockerfileCommand(inputs: Inputs, { registry, repository }: Destination): BuildCommand {
    const name = registry === '' ? repository : `${registry}/${repository}`;
    const names = name === '' ? [] : (inputs.tags.length > 0 ? inputs.tags : ['latest']).map(tag => `${name}:${tag}`);
    const args = [
        'build', '--progress', 'json', '--file', inputs.file,
        ...each('--tag', names),
        ...each('--target', inputs.target === '' ? [] : [inputs.target]),
        ...each('--platform', inputs.platforms.map(dockerPlatform)),
        ...each('--engine', inputs.engine === '' ? [] : [inputs.engine]),
        ...each('--cache-from', inputs.cacheFrom),
        ...each('--cache-to', inputs.cacheTo),
        ...(inputs.locked ? ['--locked'] : []),
        ...each('--report', inputs.reports),
        ...each('--sbom', inputs.sboms),
        ...each('--label', inputs.pipelineData ? pipelineLabels() : []),
        ...(registry === '' ? [] : ['--push']),
        ...each('--output', inputs.archive === '' ? [] : [`type=oci,dest=${inputs.archive}`]),
        ...inputs.further,
        inputs.context || path.dirname(inputs.file),
    ];
    return { program: 'dotnet-stages', args, whereFrom: 'ContainerStagesInstall@1 puts it there; so does: dotnet tool install --global dotnet-stages' };
}

function projectCommand(inputs: Inputs, { registry, repository }: Destination): BuildCommand {
    const identifiers = inputs.platforms.map(runtimeIdentifier);
    const properties: Record<string, string> = {
        PublishContainer: 'true',
        // Where nothing is to be pushed, the project's own registry does not count either.
        ...(registry === '' && inputs.push ? {} : { ContainerRegistry: registry }),
        ...(repository === '' ? {} : { ContainerRepository: repository }),
        ...(inputs.tags.length === 0 ? {} : { ContainerImageTag: '', ContainerImageTags: inputs.tags.join(';') }),
        // The one name wins over the other, also where a project sets it.
        ...(identifiers.length === 0 ? {} : identifiers.length === 1
            ? { ContainerRuntimeIdentifier: identifiers.join('') } : { ContainerRuntimeIdentifier: '', ContainerRuntimeIdentifiers: identifiers.join(';') }),
        ...(inputs.context === '' ? {} : { ContainerStagesContextDirectory: inputs.context }),
        ...(inputs.target === '' ? {} : { ContainerStagesTarget: inputs.target }),
        ...(inputs.engine === '' ? {} : { ContainerStagesEngine: inputs.engine }),
        ...(inputs.cacheFrom.length === 0 ? {} : { ContainerStagesCacheFrom: inputs.cacheFrom.join(';') }),
        ...(inputs.cacheTo.length === 0 ? {} : { ContainerStagesCacheTo: inputs.cacheTo.join(';') }),
        ...(inputs.locked ? { ContainerStagesLockedMode: 'true' } : {}),
        ...(inputs.reports.length === 0 ? {} : { ContainerStagesReport: inputs.reports.join(';') }),
        ...(inputs.sboms.length === 0 ? {} : { ContainerStagesSbom: inputs.sboms.join(';') }),
        ...(inputs.archive === '' ? {} : { ContainerArchiveOutputPath: inputs.archive }),
        ...(inputs.baseImageData ? { ContainerGenerateLabelsImageBaseName: 'true', ContainerGenerateLabelsImageBaseDigest: 'true' } : {}),
    };
    const args = [
        'publish', inputs.file, '-nologo', '-tl:off',
        ...Object.entries(properties).map(([name, value]) => `-p:${name}=${escape(value)}`),
        ...inputs.further,
    ];
    return { program: 'dotnet', args, whereFrom: 'UseDotNet@2 installs the .NET SDK (packageType: sdk, version: 10.x).' };
}

function each(option: string, values: readonly string[]): string[] {
    return values.flatMap(value => [option, value]);
}

/** On a command line ';' and ',' divide properties, and '%' begins an escape. */
function escape(value: string): string {
    return value.replace(/[%;,]/g, sign => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`);
}

function pipelineLabels(): string[] {
    return PIPELINE_DATA.flatMap(name => {
        const value = tasks.getVariable(name) ?? '';
        return value === '' ? [] : [`com.azure.dev.image.${name.toLowerCase()}=${value}`];
    });
}
