import { Diagnostic } from './diagnostics';
import { BuiltImage, builtImage, FinishedStep, ResultDocument } from './image';
import { seconds } from './text';

interface Event {
    readonly type: string;
    readonly id: string;
    readonly stage: string;
    readonly title: string;
    readonly outcome: string;
    readonly milliseconds: number;
    readonly text: string;
    readonly diagnostic: {
        readonly code: string; readonly severity: string; readonly message: string;
        readonly location?: { readonly file: string; readonly line: number; readonly column: number } | null;
    };
    readonly result: ResultDocument;
}

/** Where what the engine says goes. */
export interface Listener {
    readonly log: (line: string) => void;
    readonly issue: (diagnostic: Diagnostic) => void;
    readonly progress: (percent: number, operation: string) => void;
}

/** Reads the lines of `dotnet-stages build --progress json`. */
export class EngineEvents {
    public readonly steps: FinishedStep[] = [];
    public image: BuiltImage | undefined;
    private percent = 0;
    private readonly started = new Map<string, { readonly stage: string; readonly title: string }>();

    public constructor(private readonly name: string, private readonly listener: Listener) {}

    public read(line: string): void {
        const event = parse(line);
        if (event === undefined) {
            this.listener.log(line);
            return;
        }

        switch (event.type) {
            case 'step-started': return this.start(event);
            case 'step-finished': return this.finish(event);
            case 'output': return this.listener.log(`${label(this.titleOf(event.id).stage)}${event.text}`);
            case 'text': return this.listener.log(event.text);
            case 'diagnostic': return this.diagnose(event);
            case 'result': this.image = builtImage(this.name, event.result); return;
            // Bytes that moved, and what later versions add.
            default: return;
        }
    }

    private start(event: Event): void {
        this.started.set(event.id, { stage: event.stage, title: event.title });
        this.listener.log(`${label(event.stage)}${event.title}`);
        this.showProgress(event.title);
    }

    private finish(event: Event): void {
        const { stage, title } = this.titleOf(event.id);
        this.steps.push({ stage, title, outcome: event.outcome, milliseconds: event.milliseconds });
        this.listener.log(`${label(stage)}${event.outcome.toLowerCase()} in ${seconds(event.milliseconds)}: ${title}`);
        this.showProgress(title);
    }

    /** How many steps there will be nobody says; it never goes back. */
    private showProgress(operation: string): void {
        this.percent = Math.max(this.percent, Math.min(99, Math.floor(100 * this.steps.length / (this.started.size + 1))));
        this.listener.progress(this.percent, operation);
    }

    private diagnose({ diagnostic }: Event): void {
        this.listener.issue({
            isError: diagnostic.severity !== 'Warning',
            code: diagnostic.code,
            message: diagnostic.message,
            file: diagnostic.location?.file ?? '',
            line: diagnostic.location?.line ?? 0,
            column: diagnostic.location?.column ?? 0,
        });
    }

    private titleOf(id: string): { readonly stage: string; readonly title: string } {
        return this.started.get(id) ?? { stage: '', title: id };
    }
}

/** What is pulled and pushed is of no stage. */
function label(stage: string): string {
    return stage === '' ? '' : `${stage} | `;
}

function parse(line: string): Event | undefined {
    if (!line.startsWith('{')) return undefined;
    try {
        return JSON.parse(line) as Event;
    } catch {
        // A line of a program that is no event is shown as it is.
        return undefined;
    }
}
