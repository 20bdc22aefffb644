import * as tasks from 'azure-pipelines-task-lib/task';

/** An error or warning with its place, as the agent shows it beside the step. Lines and columns count from 1; 0 is unknown. */
export interface Diagnostic {
    readonly isError: boolean;
    readonly code: string;
    readonly message: string;
    readonly file: string;
    readonly line: number;
    readonly column: number;
}

/**
 * file(line,column): error CODE: message [project], as compilers and MSBuild print it; the place may lack. With more than one node MSBuild puts "2>" or
 * "2:7>" in front. Of a message of several lines it prints each with the same head; those that are indented are not told again.
 */
const CANONICAL = /^\s*(?:\d+(?::\d+)?>\s*)?(?:(?<file>[^\s(:][^(:]*?(?::\\[^(:]+?)?)(?:\((?<line>\d+)(?:,(?<column>\d+))?[^)]*\))?\s*: )?(?<kind>error|warning)\s+(?<code>[A-Z]+\d*)\s*: (?<message>\S.*?)(?:\s+\[[^\]]+\])?$/;

export function parseDiagnostic(line: string): Diagnostic | undefined {
    const groups = CANONICAL.exec(line)?.groups;
    return groups === undefined ? undefined : {
        isError: groups['kind'] === 'error',
        code: groups['code'] ?? '',
        message: groups['message'] ?? '',
        file: groups['file'] ?? '',
        line: Number(groups['line'] ?? 0),
        column: Number(groups['column'] ?? 0),
    };
}

/** Reports each diagnostic once: MSBuild repeats them in its summary, and for each platform. */
export class Issues {
    private readonly seen = new Set<string>();

    /** How many errors there were. */
    public errors = 0;

    public report(diagnostic: Diagnostic): void {
        const key = JSON.stringify(diagnostic);
        if (this.seen.has(key)) return;
        this.seen.add(key);
        if (diagnostic.isError) this.errors++;
        tasks.logIssue(
            diagnostic.isError ? tasks.IssueType.Error : tasks.IssueType.Warning,
            harmless(diagnostic.message), diagnostic.file || undefined, diagnostic.line || undefined, diagnostic.column || undefined, diagnostic.code || undefined);
    }
}

/** A message of another program, in which no command of the agent begins. */
export function harmless(text: string): string {
    return text.replaceAll('##vso[', '##_vso[');
}

/** Shows a line of another program. A command of the agent that stands in it is text. */
export function show(line: string): void {
    tasks.writeExternalOutput(`${line}\n`, { source: 'childProcess' });
}
