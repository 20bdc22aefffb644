// The document of the report, as src/Core/Reporting/Reports/ReportDocument.cs writes it, and the files of an image as a tree.

export interface ReportDocument {
    generator: string;
    generated: string;
    name: string;
    digest: string;
    images: ReportedImage[];
    build?: ReportedBuild;
}

export interface ReportedImage {
    platform: string;
    digest: string;
    configDigest: string;
    created?: string;
    size: number;
    compressedSize: number;
    wasted: number;
    base?: { name?: string; digest?: string; created?: string };
    singleStage?: { base: string; compressedSize: number };
    layers: ReportedLayer[];
    duplicates: { size: number; paths: string[]; extra: number }[];
    against?: ReportedDifference;
    packages?: ReportedPackage[];
}

export interface ReportedPackage {
    kind: string;
    name: string;
    version: string;
    license?: string;
    path: string;
}

export interface ReportedLayer {
    digest: string;
    diffId: string;
    instruction: string;
    origin?: string;
    size: number;
    compressedSize: number;
    files: ReportedFile[];
    removed?: string[];
}

export interface ReportedFile {
    path: string;
    size: number;
    replacedIn?: number;
    removedIn?: number;
}

export interface Difference {
    kind: 'Same' | 'Added' | 'Removed' | 'Changed';
    before?: number;
    after?: number;
}

export interface ReportedDifference {
    name: string;
    digest: string;
    size: number;
    compressedSize: number;
    layers: (Difference & { instruction: string })[];
    files: (Difference & { path: string })[];
}

export interface ReportedBuild {
    milliseconds: number;
    stages: { name: string; waitsFor: string[] }[];
    steps: ReportedStep[];
}

export interface ReportedStep {
    stage: string;
    title: string;
    start: number;
    end: number;
    outcome: string;
    waitsFor?: string[];
    why?: string;
}

/** An image, a layer, a folder or a file. What is in a folder is found out when it is asked for: an image may have very many files. */
export class TreeNode {
    readonly size: number;
    private found: TreeNode[] | null = null;

    /** @param start Where in the paths of the files the names of this folder's children begin. */
    constructor(readonly name: string, readonly parent: TreeNode | null, readonly files: ReportedFile[], private readonly start: number) {
        let size = 0;
        for (const file of files) size += file.size;
        this.size = size;
    }

    static ofLayers(image: ReportedImage): TreeNode {
        const root = new TreeNode('image', null, image.layers.flatMap(layer => layer.files), 0);
        root.found = image.layers.map((layer, index) => new TreeNode(layerName(layer, index), root, layer.files, 0)).sort(bySize);
        return root;
    }

    /** A file has none. */
    get isFolder(): boolean { return this.files.some(file => file.path.length > this.start) || this.parent === null; }

    /** From the top down to this one. */
    get path(): TreeNode[] { return this.parent === null ? [this] : [...this.parent.path, this]; }

    /** The largest first. */
    get children(): TreeNode[] { return this.found ??= this.findChildren(); }

    private findChildren(): TreeNode[] {
        const groups = new Map<string, ReportedFile[]>();
        for (const file of this.files) {
            if (file.path.length <= this.start) continue;
            const slash = file.path.indexOf('/', this.start);
            const name = file.path.slice(this.start, slash < 0 ? undefined : slash);
            const group = groups.get(name);
            if (group === undefined) groups.set(name, [file]);
            else group.push(file);
        }

        return [...groups].map(([name, files]) => new TreeNode(name, this, files, this.start + name.length + 1)).sort(bySize);
    }
}

function bySize(left: TreeNode, right: TreeNode): number {
    return right.size - left.size;
}

export function layerName(layer: ReportedLayer, index: number): string {
    return `${index + 1}: ${layer.instruction || layer.origin || layer.digest}`;
}

const units = ['B', 'kB', 'MB', 'GB', 'TB'];

/** Powers of 1000 and three digits, as Docker prints sizes. */
export function sizeText(bytes: number): string {
    let unit = 0;
    let size = Math.abs(bytes);
    while (round(size) >= 1000 && unit < units.length - 1) {
        size /= 1000;
        unit++;
    }

    return `${bytes < 0 ? '-' : ''}${round(size)}${units[unit]}`;
}

function round(size: number): number {
    const factor = size >= 100 ? 1 : size >= 10 ? 10 : 100;
    return Math.round(size * factor) / factor;
}
