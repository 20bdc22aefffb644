import { ChildProcess, spawn } from 'child_process';
import * as readline from 'readline';
import { UserError } from './errors';

export interface Command {
    readonly program: string;
    readonly args: readonly string[];
    readonly folder: string;
    readonly environment: NodeJS.ProcessEnv;
    /** Told where the program is not on PATH. */
    readonly whereFrom: string;
}

/** What the agent gives a step between its first and its last signal is ten seconds; builds end in one or two. */
const PATIENCE = 5000;

/** Programs that run, so that the end of this one is the end of them. */
const running = new Set<ChildProcess>();

/** Runs a program and hands over its lines, standard output and errors alike. Resolves to its exit code. */
export async function run(command: Command, onLine: (line: string, isError: boolean) => void): Promise<number> {
    // A group of its own: what it starts ends with it.
    const child = spawn(command.program, command.args, {
        cwd: command.folder, env: command.environment, stdio: ['ignore', 'pipe', 'pipe'], detached: process.platform !== 'win32',
    });
    running.add(child);
    try {
        const exited = new Promise<number>((resolve, reject) => {
            child.once('error', failure => reject((failure as NodeJS.ErrnoException).code === 'ENOENT'
                ? new UserError(`There is no program '${command.program}' on PATH. ${command.whereFrom}`) : failure));
            child.once('close', code => resolve(code ?? 1));
        });
        for (const [stream, isError] of [[child.stdout, false], [child.stderr, true]] as const) {
            readline.createInterface({ input: stream, crlfDelay: Infinity }).on('line', line => onLine(line, isError));
        }

        return await exited;
    } finally {
        running.delete(child);
    }
}

/** Asks what runs to end as Ctrl-C does, and ends what has not after a while. */
export async function stopAll(): Promise<void> {
    await Promise.all([...running].map(async child => {
        const closed = new Promise<void>(resolve => child.once('close', () => resolve()));
        signal(child, 'SIGINT');
        const timer = setTimeout(() => signal(child, 'SIGKILL'), PATIENCE);
        await closed;
        clearTimeout(timer);
        signal(child, 'SIGKILL');
    }));
}

function signal(child: ChildProcess, name: NodeJS.Signals): void {
    if (child.pid === undefined) return;
    try {
        process.kill(process.platform === 'win32' ? child.pid : -child.pid, name);
    } catch (failure) {
        // It ended in between.
        if ((failure as NodeJS.ErrnoException).code !== 'ESRCH') throw failure;
    }
}
