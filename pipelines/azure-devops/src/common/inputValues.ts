import * as fs from 'fs';
import * as path from 'path';
import * as tasks from 'azure-pipelines-task-lib/task';
import { UserError } from './errors';

/** The agent's that every task.json asks for; the library compares. */
export const MINIMUM_AGENT = '4.248.0';

/** Variables by which ContainerStagesCache@1 names a cache to later steps. */
export const CACHE_FROM = 'ContainerStagesCacheFrom';
export const CACHE_TO = 'ContainerStagesCacheTo';

export function text(name: string): string {
    return (tasks.getInput(name) ?? '').trim();
}

export function list(name: string, separator: RegExp): string[] {
    return parts(text(name), separator);
}

export function parts(value: string, separator: RegExp): string[] {
    return value.split(separator).map(part => part.trim()).filter(part => part !== '');
}

export function flag(name: string, otherwise: boolean): boolean {
    const given = text(name).toLowerCase();
    if (given !== '' && given !== 'true' && given !== 'false') throw new UserError(`The input '${name}' is '${given}'. Valid: true, false.`);
    return given === '' ? otherwise : given === 'true';
}

/** Where paths begin. */
export function workingDirectory(): string {
    const folder = path.resolve(text('workingDirectory') || tasks.getVariable('System.DefaultWorkingDirectory') || process.cwd());
    if (!fs.existsSync(folder) || !fs.statSync(folder).isDirectory()) throw new UserError(`The input 'workingDirectory' names no folder: '${folder}'.`);
    return folder;
}
