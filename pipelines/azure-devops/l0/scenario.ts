// Runs the task with the library's mock runner. Instead of programs, L0_SCENARIO says what they print and how they end; what was started is printed.
import * as path from 'path';
import { TaskMockRunner } from 'azure-pipelines-task-lib/mock-run';

interface Started { readonly program: string; readonly args: readonly string[]; readonly environment: NodeJS.ProcessEnv }

interface Scenario {
    readonly inputs: Readonly<Record<string, string>>;
    readonly programs: Readonly<Record<string, { readonly exitCode: number; readonly lines: readonly string[] }>>;
    readonly shownVariables: readonly string[];
}

const scenario = JSON.parse(process.env['L0_SCENARIO'] ?? '') as Scenario;
const runner = new TaskMockRunner(path.join(__dirname, '..', 'src', 'ContainerStages', 'main.js'));
for (const [name, value] of Object.entries(scenario.inputs)) runner.setInput(name, value);
runner.registerMock('../common/childProcess', {
    run: async ({ program, args, environment }: Started, onLine: (line: string, isError: boolean) => void): Promise<number> => {
        const variables = Object.fromEntries(Object.entries(environment).filter(([name]) => scenario.shownVariables.some(shown => name.startsWith(shown))));
        process.stdout.write(`[started]${JSON.stringify({ program, args, variables })}\n`);
        const answer = scenario.programs[program];
        if (answer === undefined) throw new Error(`The scenario has no program '${program}'.`);
        for (const line of answer.lines) onLine(line, false);
        return answer.exitCode;
    },
    stopAll: async (): Promise<void> => undefined,
});
runner.registerMock('./childProcess', { run: async ({ program }: Started, onLine: (line: string, isError: boolean) => void): Promise<number> => {
    for (const line of scenario.programs[`${program} nuget`]?.lines ?? []) onLine(line, false);
    return 0;
} });
runner.run(true);
