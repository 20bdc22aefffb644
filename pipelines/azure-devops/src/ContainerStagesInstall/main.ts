import * as fs from 'fs';
import * as os from 'os';
import * as path from 'path';
import * as tasks from 'azure-pipelines-task-lib/task';
import { run, stopAll } from '../common/childProcess';
import { feedLogin, FeedLogin, pipelineFeedLogins } from '../common/connections';
import { Issues, parseDiagnostic, show } from '../common/diagnostics';
import { messageOf, UserError } from '../common/errors';
import { feedVariables, variablesFor } from '../common/feeds';
import { flag, list, MINIMUM_AGENT, text, workingDirectory } from '../common/inputValues';

const PROGRAM = process.platform === 'win32' ? 'dotnet-stages.exe' : 'dotnet-stages';

/** What NuGet calls the source of the input 'feed'. */
const SOURCE = 'containerstages';

/** Puts one version of the tool into a folder of its own, which agents of one's own keep, and that folder on PATH. */
async function install(): Promise<void> {
    tasks.assertAgent(MINIMUM_AGENT);
    const folder = workingDirectory();
    const version = text('version');
    if (!/^\d+\.\d+\.\d+(-[\w.-]+)?$/.test(version)) throw new UserError(`The input 'version' is '${version}'. Valid: one version in full, such as 0.1.0.`);
    const logins = [...list('nuGetServiceConnections', /,/).map(feedLogin), ...(flag('useArtifactsCredentials', false) ? pipelineFeedLogins() : [])];
    const target = path.join(tasks.getVariable('Agent.ToolsDirectory') ?? path.join(os.homedir(), '.containerstages'), 'dotnet-stages', version, process.arch);
    if (fs.existsSync(path.join(target, PROGRAM))) show(`dotnet-stages ${version} is in ${target} already.`);
    else await installInto(target, version, folder, logins);
    tasks.prependPath(target);
    tasks.setVariable('toolFolder', target, false, true);
    tasks.setResult(tasks.TaskResult.Succeeded, '');
}

async function installInto(target: string, version: string, folder: string, logins: readonly FeedLogin[]): Promise<void> {
    const feed = feedOf(folder);
    const settings = feed === '' ? undefined : writeSettings(feed);
    const variables = feed === '' ? await feedVariables(logins, folder) : variablesFor(logins, [{ name: SOURCE, address: feed }]);
    const issues = new Issues();
    const exitCode = await run({
        program: 'dotnet',
        args: ['tool', 'install', 'dotnet-stages', '--version', version, '--tool-path', target, ...(settings === undefined ? [] : ['--configfile', settings])],
        folder,
        environment: { ...process.env, ...variables, DOTNET_NOLOGO: '1' },
        whereFrom: 'UseDotNet@2 installs the .NET SDK (packageType: sdk, version: 10.x).',
    }, line => {
        const diagnostic = parseDiagnostic(line);
        if (diagnostic === undefined) show(line);
        else issues.report(diagnostic);
    });
    if (exitCode !== 0) throw new UserError(`dotnet-stages ${version} cannot be installed from ${feed === '' ? `the package sources of '${folder}'` : `'${feed}'`}; what dotnet says stands above.`);
}

/** An address, or a folder of packages. */
function feedOf(folder: string): string {
    const feed = text('feed');
    return feed === '' || URL.canParse(feed) ? feed : path.resolve(folder, feed);
}

function writeSettings(feed: string): string {
    const settings = path.join(fs.mkdtempSync(path.join(tasks.getVariable('Agent.TempDirectory') ?? os.tmpdir(), 'containerstages-nuget-')), 'nuget.config');
    const address = feed.replace(/&/g, '&amp;').replace(/"/g, '&quot;').replace(/</g, '&lt;');
    // A feed on this machine itself may speak plain HTTP, as registries may.
    const isLoopback = /^http:\/\/(localhost|127\.0\.0\.1|\[::1\])[:/]/.test(feed);
    fs.writeFileSync(settings, `<configuration><packageSources><clear /><add key="${SOURCE}" value="${address}"${isLoopback ? ' allowInsecureConnections="true"' : ''} /></packageSources></configuration>\n`);
    return settings;
}

process.on('SIGINT', () => void stopAll().then(() => process.exit(1)));
process.on('SIGTERM', () => void stopAll().then(() => process.exit(1)));
install().catch((failure: unknown) => tasks.setResult(tasks.TaskResult.Failed, messageOf(failure)));
