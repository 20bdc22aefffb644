import * as fs from 'fs';
import * as os from 'os';
import * as path from 'path';
import * as tasks from 'azure-pipelines-task-lib/task';
import { run, stopAll } from '../common/childProcess';
import { feedLogin, pipelineFeedLogins, registryLogin } from '../common/connections';
import { harmless, Issues, show } from '../common/diagnostics';
import { writeDockerConfig } from '../common/dockerConfig';
import { EngineEvents } from '../common/engineEvents';
import { messageOf } from '../common/errors';
import { feedVariables } from '../common/feeds';
import { BuiltImage, FinishedStep } from '../common/image';
import { MINIMUM_AGENT } from '../common/inputValues';
import { MSBuildOutput } from '../common/msbuildOutput';
import { BuildCommand, commandFor } from './commands';
import { destinationOf } from './destination';
import { Inputs, readInputs } from './inputs';
import { setOutputs, uploadSummary } from './outputs';

interface Outcome {
    readonly exitCode: number;
    readonly images: readonly BuiltImage[];
    readonly steps: readonly FinishedStep[];
}

/** The phases of a build, in their order. */
async function build(temporary: string, forgetLogins: (folder: string) => void): Promise<void> {
    tasks.assertAgent(MINIMUM_AGENT);
    const inputs = readInputs();
    const logins = inputs.registries.map(registryLogin);
    const feeds = [...inputs.feeds.map(feedLogin), ...(inputs.artifacts ? pipelineFeedLogins() : [])];
    const command = commandFor(inputs, destinationOf(inputs, logins));
    const dockerConfig = logins.length > 0 ? writeDockerConfig(temporary, logins) : undefined;
    if (dockerConfig !== undefined) forgetLogins(dockerConfig);
    const environment = {
        ...process.env,
        ...await feedVariables(feeds, path.dirname(inputs.file)),
        ...(dockerConfig === undefined ? {} : { DOCKER_CONFIG: dockerConfig }),
        DOTNET_NOLOGO: '1',
        // What MSBuild leaves running would hold the agent's folders.
        MSBUILDDISABLENODEREUSE: '1',
    };
    const issues = new Issues();
    const outcome = await execute(inputs, command, environment, issues);
    if (outcome.exitCode !== 0) {
        // The errors stand in the log already; the library would add another one for the result.
        if (issues.errors > 0) tasks.command('task.complete', { result: 'Failed' }, `${issues.errors} ${issues.errors === 1 ? 'error' : 'errors'}`);
        else tasks.setResult(tasks.TaskResult.Failed, `${command.program} ended with exit code ${outcome.exitCode}.`);
        return;
    }

    setOutputs(outcome.images, inputs.sboms);
    if (outcome.images.length > 0) uploadSummary(temporary, outcome.images, outcome.steps);
    tasks.setResult(tasks.TaskResult.Succeeded, outcome.images.length > 0 ? '' : 'Nothing was published as an image.');
}

async function execute(inputs: Inputs, command: BuildCommand, environment: NodeJS.ProcessEnv, issues: Issues): Promise<Outcome> {
    show(`${command.program} ${command.args.map(quoted).join(' ')}`);
    const start = (onLine: (line: string, isError: boolean) => void): Promise<number> => run({ ...command, folder: inputs.folder, environment }, onLine);
    if (inputs.kind === 'project') {
        const output = new MSBuildOutput(show, one => issues.report(one));
        const exitCode = await start(line => output.read(line));
        return { exitCode, images: exitCode === 0 ? output.images(path.dirname(inputs.file)) : [], steps: [] };
    }

    const events = new EngineEvents(inputs.repository || path.basename(path.dirname(inputs.file)), {
        log: show,
        issue: one => issues.report(one),
        progress: (percent, operation) => tasks.setProgress(percent, harmless(operation)),
    });
    const exitCode = await start((line, isError) => isError ? show(line) : events.read(line));
    return { exitCode, images: events.image === undefined ? [] : [events.image], steps: events.steps };
}

function quoted(argument: string): string {
    return /^[\w@%+=:,./-]+$/.test(argument) ? argument : `'${argument.replace(/'/g, `'\\''`)}'`;
}

/** Runs the build, and leaves no login and no program behind however it ends. */
async function main(): Promise<void> {
    const temporary = tasks.getVariable('Agent.TempDirectory') ?? os.tmpdir();
    const logins: string[] = [];
    const forget = (): void => logins.splice(0).forEach(folder => fs.rmSync(folder, { recursive: true, force: true }));
    let cancelled = false;
    const cancel = async (): Promise<void> => {
        if (cancelled) return;
        cancelled = true;
        await stopAll();
        forget();
        tasks.setResult(tasks.TaskResult.Cancelled, 'The job was cancelled.');
        process.exit(1);
    };
    process.on('SIGINT', () => void cancel());
    process.on('SIGTERM', () => void cancel());
    try {
        await build(temporary, folder => logins.push(folder));
    } catch (failure) {
        if (!cancelled) tasks.setResult(tasks.TaskResult.Failed, messageOf(failure));
    } finally {
        if (!cancelled) forget();
    }
}

void main();
