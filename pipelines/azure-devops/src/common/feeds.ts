import { run } from './childProcess';
import { FeedLogin } from './connections';
import { UserError } from './errors';
import { keepSecret } from './secrets';

/** A package source of the settings that count in a folder. */
export interface PackageSource {
    readonly name: string;
    readonly address: string;
}

/**
 * The variables by which NuGet itself logs in to sources, so that no credential provider has to be installed. Each login goes to the sources below its own address.
 */
export async function feedVariables(logins: readonly FeedLogin[], folder: string): Promise<Record<string, string>> {
    return logins.length === 0 ? {} : variablesFor(logins, await sourcesOf(folder));
}

export function variablesFor(logins: readonly FeedLogin[], sources: readonly PackageSource[]): Record<string, string> {
    const variables: Record<string, string> = {};
    for (const { address, user, password } of logins) {
        for (const source of sources.filter(source => isBelow(source.address, address))) {
            if (/[;]/.test(user) || /[;]/.test(password)) throw new UserError(`NuGet cannot take a user or password with a semicolon (source '${source.name}').`);
            const value = `Username=${user};Password=${password}`;
            keepSecret(value);
            variables[`NuGetPackageSourceCredentials_${source.name}`] = value;
        }
    }

    return variables;
}

/** Same scheme and host, and the path as a whole: a login for /feeds/a is none for /feeds/ab. */
export function isBelow(address: string, root: string): boolean {
    if (!URL.canParse(address) || !URL.canParse(root)) return false;
    const [one, other] = [new URL(address), new URL(root)];
    const path = other.pathname.replace(/\/index\.json$/i, '').replace(/\/$/, '').toLowerCase();
    const own = one.pathname.toLowerCase();
    return one.protocol === other.protocol && one.host === other.host && (own === path || own.startsWith(`${path}/`));
}

/** What `dotnet nuget list source` prints: a numbered name, and the address in the next line. */
export function parseSources(lines: readonly string[]): PackageSource[] {
    return lines.flatMap((line, at) => {
        const name = /^\s*\d+\.\s+(.*\S)\s+\[\w+\]\s*$/.exec(line)?.[1];
        return name === undefined ? [] : [{ name, address: (lines[at + 1] ?? '').trim() }];
    });
}

async function sourcesOf(folder: string): Promise<PackageSource[]> {
    const lines: string[] = [];
    const code = await run({
        program: 'dotnet', args: ['nuget', 'list', 'source', '--format', 'Detailed'], folder,
        environment: { ...process.env, DOTNET_CLI_UI_LANGUAGE: 'en', DOTNET_NOLOGO: '1' },
        whereFrom: 'Install the .NET SDK with UseDotNet@2 before this step.',
    }, line => lines.push(line));
    if (code !== 0) throw new UserError(`The package sources of '${folder}' cannot be listed: ${lines.join(' ').trim()}`);
    return parseSources(lines);
}
