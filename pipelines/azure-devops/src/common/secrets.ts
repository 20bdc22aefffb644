import * as tasks from 'azure-pipelines-task-lib/task';

/** Asks the agent to mask a value in everything that is logged from here on. The agent takes one line at a time. */
export function keepSecret(...values: string[]): void {
    for (const line of values.flatMap(value => value.split(/\r?\n/))) {
        if (line.trim() !== '') tasks.setSecret(line);
    }
}
