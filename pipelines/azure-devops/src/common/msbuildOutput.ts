import * as fs from 'fs';
import * as path from 'path';
import { Diagnostic, parseDiagnostic } from './diagnostics';
import { BuiltImage, builtImage, ResultDocument, tagOf } from './image';
import { messageOf } from './errors';

/** project -> name:tag@digest (and other names) (up to date): the one line that a publish is remembered by. */
const RESULT = /^\s*(?<project>\S.*?) -> (?<name>\S+)@(?<digest>sha256:[0-9a-f]{64})(?: \(and (?<others>[^)]+)\))?(?<upToDate> \(up to date)?/;

/** How deep a project of a solution may lie below it. */
const DEPTH = 12;

/** Reads what `dotnet publish` prints. */
export class MSBuildOutput {
    private readonly found: BuiltImage[] = [];

    public constructor(private readonly log: (line: string) => void, private readonly issue: (diagnostic: Diagnostic) => void) {}

    public read(line: string): void {
        const diagnostic = parseDiagnostic(line);
        if (diagnostic !== undefined) {
            this.issue(diagnostic);
            return;
        }

        this.log(line);
        const groups = RESULT.exec(line)?.groups;
        if (groups === undefined) return;
        const references = [groups['name'] ?? '', ...(groups['others'] ?? '').split(', ').filter(name => name !== '')];
        this.found.push({ name: groups['project'] ?? '', digest: groups['digest'] ?? '', references, files: [], upToDate: groups['upToDate'] !== undefined, platforms: [] });
    }

    /** The images, with what the result documents below a folder say of them. A document is of an image when it names its digest. */
    public images(folder: string): BuiltImage[] {
        const documents = [...resultDocuments(folder, DEPTH)];
        return this.found.map(image => {
            const document = documents.find(one => one.manifestDigest === image.digest && one.references.some(name => image.references.some(other => tagOf(name) === tagOf(other))));
            return document === undefined ? image : { ...builtImage(image.name, document), references: image.references, upToDate: image.upToDate };
        });
    }
}

function* resultDocuments(folder: string, depth: number): Iterable<ResultDocument> {
    if (depth === 0) return;
    for (const entry of fs.readdirSync(folder, { withFileTypes: true })) {
        const full = path.join(folder, entry.name);
        if (entry.isFile() && entry.name === 'result.json' && path.basename(folder) === 'containerstages') yield* readDocument(full);
        else if (entry.isDirectory() && !['node_modules', '.git', 'bin'].includes(entry.name)) yield* resultDocuments(full, depth - 1);
    }
}

function* readDocument(file: string): Iterable<ResultDocument> {
    try {
        yield JSON.parse(fs.readFileSync(file, 'utf8')) as ResultDocument;
    } catch (failure) {
        // Without it the summary has no layers, which is no reason to fail; the log says why.
        process.stdout.write(`${file} cannot be read: ${messageOf(failure)}\n`);
    }
}
