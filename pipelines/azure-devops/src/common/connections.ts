import * as tasks from 'azure-pipelines-task-lib/task';
import { UserError } from './errors';
import { keepSecret } from './secrets';

/** A login for one registry, as Docker's config.json names it. */
export interface RegistryLogin {
    /** Host and port, the first part of image names. */
    readonly host: string;
    readonly user: string;
    readonly password: string;
}

/** A login for the packages below one address. */
export interface FeedLogin {
    readonly address: string;
    readonly user: string;
    readonly password: string;
}

interface Connection {
    readonly scheme: string;
    readonly parameters: Readonly<Record<string, string | undefined>>;
}

/** Registers every value of a connection that may be secret, before anything else is done with it. */
function read(id: string, input: string): Connection {
    const given = tasks.getEndpointAuthorization(id, true);
    if (given === undefined) {
        throw new UserError(`The service connection '${id}' of the input '${input}' is not there, or this pipeline may not use it. Name one under Project settings > Service connections, and permit this pipeline there.`);
    }

    const parameters: Record<string, string | undefined> = {};
    for (const [name, value] of Object.entries(given.parameters ?? {})) parameters[name.toLowerCase()] = value;
    keepSecret(...['password', 'apitoken', 'nugetkey', 'serviceprincipalkey', 'accesstoken', 'apptoken'].map(name => parameters[name] ?? ''));
    return { scheme: (given.scheme ?? '').toLowerCase(), parameters };
}

export function registryLogin(id: string): RegistryLogin {
    const input = 'containerRegistry';
    const { scheme, parameters } = read(id, input);
    if (scheme === 'workloadidentityfederation' || scheme === 'managedserviceidentity') {
        throw new UserError(`The service connection '${id}' has no password (${scheme}), and its token comes from Azure alone. Log in before this step with Docker@2 (command: login), leave '${input}' out and write the registry before the repository: myregistry.azurecr.io/app.`);
    }

    const address = parameters['registry'] ?? parameters['loginserver'] ?? tasks.getEndpointUrl(id, true) ?? '';
    const user = parameters['username'] ?? parameters['serviceprincipalid'] ?? '';
    const password = parameters['password'] ?? parameters['serviceprincipalkey'] ?? '';
    if (user === '' || password === '') {
        throw new UserError(`The service connection '${id}' has no ${user === '' ? 'user' : 'password'}. Edit it under Project settings > Service connections, or leave '${input}' out where the registry needs no login.`);
    }

    return { host: hostOf(address, id), user, password };
}

/** Docker Hub has an address of its own in connections; everything else is host and port of the address. */
function hostOf(address: string, id: string): string {
    const text = address.includes('://') ? address : `https://${address}`;
    // The parser of addresses drops a port that is the scheme's own, and so do image names.
    const host = URL.canParse(text) ? new URL(text).host : '';
    if (host === '') throw new UserError(`The service connection '${id}' has no valid address of a registry: '${address}'. Valid: https://myregistry.azurecr.io, https://index.docker.io/v1/.`);
    return host === 'index.docker.io' || host === 'registry-1.docker.io' ? 'docker.io' : host;
}

export function feedLogin(id: string): FeedLogin {
    const { scheme, parameters } = read(id, 'nuGetServiceConnections');
    const address = tasks.getEndpointUrl(id, true) ?? '';
    const password = parameters['password'] ?? parameters['apitoken'] ?? '';
    if (scheme === 'none' || password === '') {
        throw new UserError(`The service connection '${id}' has no ${scheme === 'none' ? "user and password: an API key is for pushing packages alone" : 'password'}. Choose 'Basic authentication' or 'Personal access token' under Project settings > Service connections.`);
    }

    return { address, user: parameters['username'] ?? 'VssSessionToken', password };
}

/** The identity of the pipeline, for feeds of its own organization and for nothing else. */
export function pipelineFeedLogins(): FeedLogin[] {
    const { parameters } = read('SYSTEMVSSCONNECTION', 'useArtifactsCredentials');
    const password = parameters['accesstoken'] ?? '';
    const collection = tasks.getVariable('System.CollectionUri') ?? '';
    if (password === '' || collection === '') {
        throw new UserError("'useArtifactsCredentials' needs the token of the job and System.CollectionUri, and this agent gave none.");
    }

    const user = 'VssSessionToken';
    return addressesOf(collection).map(address => ({ address, user, password }));
}

/** Azure DevOps Services has two names for an organization, and serves packages from hosts of their own. */
function addressesOf(collection: string): string[] {
    const { host, pathname } = new URL(collection);
    const organization = host === 'dev.azure.com' ? pathname.split('/')[1] : host.endsWith('.visualstudio.com') ? host.split('.')[0] : undefined;
    return organization === undefined
        ? [collection]
        : [`https://pkgs.dev.azure.com/${organization}/`, `https://${organization}.pkgs.visualstudio.com/`];
}
