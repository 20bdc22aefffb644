// Reads actions and workflows as GitHub's own editor does, and prints what is wrong with each: node github.mjs FILE...
import { readFileSync } from 'node:fs';
import { register } from 'node:module';
import { basename } from 'node:path';

// The package imports its schemas as a bundler takes them, without saying that they are JSON, which Node.js wants to be told.
const hook = `export const load = (url, context, next) => next(url, url.endsWith('.json') ? { ...context, importAttributes: { type: 'json' } } : context);`;
register(`data:text/javascript,${encodeURIComponent(hook)}`);
const { NoOperationTraceWriter, convertWorkflowTemplate, parseWorkflow } = await import('@actions/workflow-parser');
const { parseAction } = await import('@actions/workflow-parser/actions/action-parser');

const trace = new NoOperationTraceWriter();
const problems = [];
for (const file of process.argv.slice(2)) {
    const entry = { name: basename(file), content: readFileSync(file, 'utf8') };
    const parsed = basename(file).startsWith('action.') ? parseAction(entry, trace) : parseWorkflow(entry, trace);
    const template = parsed.value && entry.name !== 'action.yml' ? await convertWorkflowTemplate(parsed.context, parsed.value) : {};
    problems.push(...[...parsed.context.errors.getErrors(), ...(template.errors ?? [])].map(error => `${entry.name}: ${error.message ?? error.Message}`));
}
console.log(JSON.stringify([...new Set(problems)]));
