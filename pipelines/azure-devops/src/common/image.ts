/** One layer of an image as it travels to a registry; `instruction` is empty where the image does not say what made it. */
export interface Layer {
    readonly size: number;
    readonly instruction: string;
}

/** An image of one platform. */
export interface PlatformImage {
    readonly platform: string;
    readonly size: number;
    readonly layers: readonly Layer[];
}

/** What a build made: one image, or an index of several. */
export interface BuiltImage {
    readonly name: string;
    readonly digest: string;
    /** Full names with tags. */
    readonly references: readonly string[];
    /** Archives and layouts. */
    readonly files: readonly string[];
    readonly upToDate: boolean;
    /** Empty where only name and digest are known. */
    readonly platforms: readonly PlatformImage[];
}

/** A step of a build that is over. */
export interface FinishedStep {
    readonly stage: string;
    readonly title: string;
    readonly outcome: string;
    readonly milliseconds: number;
}

/** The members of the engine's result document (`--metadata-file`, obj/containerstages/result.json) that are used here. */
export interface ResultDocument {
    readonly manifestDigest: string;
    readonly manifest: string;
    readonly configuration?: string | null;
    readonly platform?: string | null;
    readonly images: readonly { readonly platform: string; readonly manifest: string; readonly configuration: string; readonly size: number }[];
    readonly references: readonly string[];
    readonly files: readonly string[];
    readonly size: number;
    readonly upToDate: boolean;
}

interface Manifest { readonly layers?: readonly { readonly size: number }[] }

interface Configuration { readonly history?: readonly { readonly created_by?: string; readonly empty_layer?: boolean }[] }

/** The document names these places among the references too; archives and layouts stand in its files. */
const OTHER_PLACES = /^(oci-archive|oci-layout|docker-archive|docker-daemon|podman|local|tar):/;

export function builtImage(name: string, result: ResultDocument): BuiltImage {
    const platforms = result.images.length > 0
        ? result.images.map(image => platformImage(image.platform, image.size, image.manifest, image.configuration))
        : [platformImage(result.platform ?? '', result.size, result.manifest, result.configuration ?? '{}')];
    const references = result.references.filter(reference => !OTHER_PLACES.test(reference));
    return { name, digest: result.manifestDigest, references, files: result.files, upToDate: result.upToDate, platforms };
}

function platformImage(platform: string, size: number, manifest: string, configuration: string): PlatformImage {
    const layers = (JSON.parse(manifest) as Manifest).layers ?? [];
    const history = ((JSON.parse(configuration) as Configuration).history ?? []).filter(entry => entry.empty_layer !== true);
    // A history may be shorter than the layers; what is there belongs to the last ones.
    const offset = layers.length - history.length;
    return { platform, size, layers: layers.map((layer, at) => ({ size: layer.size, instruction: history[at - offset]?.created_by ?? '' })) };
}

/** The tag of a full name, or nothing: a port is none. */
export function tagOf(reference: string): string {
    return /:([\w][\w.-]{0,127})$/.exec(reference)?.[1] ?? '';
}
