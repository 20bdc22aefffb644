import * as fs from 'fs';
import * as os from 'os';
import * as path from 'path';
import { UserError } from './errors';
import { RegistryLogin } from './connections';
import { keepSecret } from './secrets';

interface Config {
    auths?: Record<string, unknown>;
    credHelpers?: Record<string, string>;
    credsStore?: string;
}

/** The folder below the agent's temporary one that holds every folder with logins, so that the step after the job finds them without being told. */
export function loginsFolder(temporary: string): string {
    return path.join(temporary, 'containerstages-logins');
}

/** Writes a DOCKER_CONFIG for one build: what earlier steps logged in to, and the given logins. Only this account can read it. */
export function writeDockerConfig(temporary: string, logins: readonly RegistryLogin[]): string {
    const folder = loginsFolder(temporary);
    fs.mkdirSync(folder, { recursive: true, mode: 0o700 });
    const own = fs.mkdtempSync(path.join(folder, 'docker-'));
    const config = existing();
    const auths = { ...config.auths };
    const credHelpers = { ...config.credHelpers };
    for (const { host, user, password } of logins) {
        const auth = Buffer.from(`${user}:${password}`).toString('base64');
        keepSecret(auth);
        auths[host === 'docker.io' ? 'https://index.docker.io/v1/' : host] = { auth };
        // An empty name takes the host from the store of all others, which may hold an older login.
        if (config.credsStore !== undefined || credHelpers[host] !== undefined) credHelpers[host] = '';
    }

    fs.writeFileSync(path.join(own, 'config.json'), JSON.stringify({ ...config, auths, credHelpers }), { mode: 0o600 });
    return own;
}

/** A step such as Docker@2 (command: login) leaves its logins in a DOCKER_CONFIG; on machines of one's own there are those of the account. */
function existing(): Config {
    const file = path.join(process.env['DOCKER_CONFIG'] ?? path.join(os.homedir(), '.docker'), 'config.json');
    if (!fs.existsSync(file)) return {};
    try {
        return JSON.parse(fs.readFileSync(file, 'utf8')) as Config;
    } catch (failure) {
        throw new UserError(`The logins of earlier steps in '${file}' cannot be read: it is no JSON. Remove the file, or log in again.`, { cause: failure });
    }
}
