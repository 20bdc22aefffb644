import * as fs from 'fs';
import * as tasks from 'azure-pipelines-task-lib/task';
import { loginsFolder } from '../common/dockerConfig';
import { messageOf } from '../common/errors';

/** After the job, also one that was killed: no login stays on the machine. An agent runs one job at a time, so what is there is of this one. */
try {
    const temporary = tasks.getVariable('Agent.TempDirectory');
    if (temporary !== undefined) fs.rmSync(loginsFolder(temporary), { recursive: true, force: true });
    tasks.setResult(tasks.TaskResult.Succeeded, '');
} catch (failure) {
    tasks.setResult(tasks.TaskResult.Failed, messageOf(failure));
}
