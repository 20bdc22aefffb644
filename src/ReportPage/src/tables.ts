// The parts of the page that are tables.
import { element, section, table } from './elements';
import { layerName, sizeText, type Difference, type ReportedBuild, type ReportedDifference, type ReportedFile, type ReportedImage } from './model';

const rowsShown = 100;

export function overview(image: ReportedImage): HTMLElement {
    const files = image.layers.reduce((sum, layer) => sum + layer.files.length, 0);
    const facts: [string, string][] = [
        ['Size', sizeText(image.size)],
        ['Compressed', sizeText(image.compressedSize)],
        ['Layers', String(image.layers.length)],
        ['Files', files.toLocaleString('en')],
        ['Replaced or removed by later layers', sizeText(image.wasted)],
        ['In it more than once', sizeText(image.duplicates.reduce((sum, copies) => sum + copies.extra, 0))],
    ];
    if (image.against) facts.push([`Against ${image.against.name}`, signed(image.size - image.against.size)]);
    const details: [string, string][] = [['Platform', image.platform], ['Manifest', image.digest], ['Configuration', image.configDigest]];
    if (image.created) details.push(['Created', image.created]);
    details.push(...baseFacts(image));
    if (image.singleStage) {
        const { base, compressedSize } = image.singleStage;
        const part = (100 * image.compressedSize / compressedSize).toLocaleString('en', { maximumFractionDigits: 2 });
        details.push(['In one stage', `at least ${sizeText(compressedSize)} compressed on ${base}; this image is ${part} % of that`]);
    }
    return section('overview', 'Overview',
        element('dl', { class: 'cards' }, ...facts.map(([term, value]) => element('div', {}, element('dt', {}, term), element('dd', {}, value)))),
        element('dl', { class: 'details' }, ...details.flatMap(([term, value]) => [element('dt', {}, term), element('dd', {}, value)])));
}

function baseFacts(image: ReportedImage): [string, string][] {
    if (!image.base) return [['Base image', 'not known']];
    const { name, digest, created } = image.base;
    const facts: [string, string][] = [['Base image', [name, digest].filter(Boolean).join(' ')]];
    if (created) facts.push(['Base created', `${created}${ageOf(created)}`]);
    return facts;
}

function ageOf(created: string): string {
    const days = Math.floor((Date.now() - Date.parse(created)) / 86_400_000);
    return days >= 0 ? ` (${days.toLocaleString('en')} days ago)` : '';
}

export function layers(image: ReportedImage): HTMLElement {
    return section('layers', 'Layers', table('Layers from the base up',
        [{ title: 'Layer', isNumber: true }, { title: 'Size', isNumber: true }, { title: 'Compressed', isNumber: true }, { title: 'Files', isNumber: true }, { title: 'Made by' }, { title: 'Of' }],
        image.layers.map((layer, index) => [
            String(index + 1), sizeText(layer.size), sizeText(layer.compressedSize), layer.files.length.toLocaleString('en'),
            element('code', {}, layer.instruction), layer.origin ?? '',
        ])));
}

/** The largest files of all layers, or of those whose path holds what is typed. */
export function largest(image: ReportedImage): HTMLElement {
    const all = image.layers.flatMap((layer, index) => {
        const made = layerName(layer, index);
        return layer.files.map(file => ({ file, made }));
    }).sort((left, right) => right.file.size - left.file.size);
    const filter = element('input', { type: 'search', id: 'filter', autocomplete: 'off', spellcheck: 'false' });
    const count = element('p', { role: 'status', id: 'count' });
    const place = element('div', { id: 'largest-files' });
    const show = (): void => {
        const wanted = filter.value.toLowerCase();
        const found = wanted === '' ? all : all.filter(one => `/${one.file.path}`.toLowerCase().includes(wanted));
        const bytes = found.reduce((sum, one) => sum + one.file.size, 0);
        count.textContent = `${found.length.toLocaleString('en')} files, ${sizeText(bytes)}${found.length > rowsShown ? `; the ${rowsShown} largest are shown` : ''}`;
        place.replaceChildren(table('Largest files',
            [{ title: 'Size', isNumber: true }, { title: 'Path' }, { title: 'Layer' }, { title: 'State' }],
            found.slice(0, rowsShown).map(one => [sizeText(one.file.size), `/${one.file.path}`, one.made, stateOf(one.file)])));
    };
    filter.addEventListener('input', show);
    show();
    return section('largest', 'Largest files', element('p', { class: 'filter' }, element('label', { for: 'filter' }, 'Part of the path '), filter), count, place);
}

function stateOf(file: ReportedFile): string {
    return file.removedIn !== undefined ? `removed by layer ${file.removedIn}` : file.replacedIn !== undefined ? `replaced by layer ${file.replacedIn}` : '';
}

export function twice(image: ReportedImage): HTMLElement {
    const wasted = image.layers.flatMap((layer, index) => layer.files.map(file => ({ file, layer: index + 1 })))
        .filter(one => one.file.size > 0 && stateOf(one.file) !== '')
        .sort((left, right) => right.file.size - left.file.size);
    return section('twice', 'In it twice',
        wasted.length === 0
            ? element('p', {}, 'No layer replaces or removes a file of a layer below it.')
            : table('Files that a later layer replaces or removes: their bytes stay in the image',
                [{ title: 'Size', isNumber: true }, { title: 'Path' }, { title: 'Layer', isNumber: true }, { title: 'State' }],
                wasted.slice(0, rowsShown).map(one => [sizeText(one.file.size), `/${one.file.path}`, String(one.layer), stateOf(one.file)])),
        ...rest(wasted.length),
        image.duplicates.length === 0
            ? element('p', {}, 'No two files have the same content.')
            : table('The same content under several paths',
                [{ title: 'Extra', isNumber: true }, { title: 'Size', isNumber: true }, { title: 'Paths' }],
                image.duplicates.slice(0, rowsShown).map(copies => [
                    sizeText(copies.extra), sizeText(copies.size),
                    element('ul', {}, ...copies.paths.slice(0, 20).map(path => element('li', {}, `/${path}`)),
                        ...(copies.paths.length > 20 ? [element('li', {}, `and ${copies.paths.length - 20} more`)] : [])),
                ])),
        ...rest(image.duplicates.length));
}

function rest(count: number): HTMLElement[] {
    return count > rowsShown ? [element('p', {}, `and ${(count - rowsShown).toLocaleString('en')} smaller ones`)] : [];
}

export function difference(image: ReportedImage, against: ReportedDifference): HTMLElement {
    const rows = (one: Difference, what: Node | string): (Node | string)[] =>
        [one.kind.toLowerCase(), bytes(one.before), bytes(one.after), signed((one.after ?? 0) - (one.before ?? 0)), what];
    const columns = (what: string) => [
        { title: 'Kind' }, { title: 'Before', isNumber: true }, { title: 'After', isNumber: true }, { title: 'Difference', isNumber: true }, { title: what },
    ];
    return section('difference', `Against ${against.name}`,
        element('p', {}, `${against.digest}: ${sizeText(against.size)} before, ${sizeText(image.size)} now (${signed(image.size - against.size)}); compressed ${sizeText(against.compressedSize)} before, ${sizeText(image.compressedSize)} now.`),
        table('Layers', columns('Made by'), against.layers.map(layer => rows(layer, element('code', {}, layer.instruction)))),
        against.files.length === 0
            ? element('p', {}, 'A container sees the same files.')
            : table('Files', columns('Path'), against.files.slice(0, rowsShown).map(file => rows(file, `/${file.path}`))),
        ...rest(against.files.length));
}

function bytes(size: number | undefined): string {
    return size === undefined ? '' : sizeText(size);
}

function signed(size: number): string {
    return size === 0 ? 'the same' : `${size > 0 ? '+' : ''}${sizeText(size)}`;
}

/** Steps as rows, each with a bar where it stands in the time of the build. */
export function timeline(build: ReportedBuild): HTMLElement {
    const whole = Math.max(1, build.milliseconds, ...build.steps.map(step => step.end));
    const steps = build.steps.map(step => {
        const bar = element('span', { class: `bar ${step.outcome}` });
        bar.style.left = `${100 * step.start / whole}%`;
        bar.style.width = `${100 * (step.end - step.start) / whole}%`;
        return [
            step.stage, element('code', {}, step.title), seconds(step.start), seconds(step.end - step.start), step.outcome,
            [step.waitsFor ? `waits for ${step.waitsFor.join(', ')}` : '', step.why ?? ''].filter(Boolean).join('; '),
            element('div', { class: 'track', 'aria-hidden': 'true' }, bar),
        ];
    });
    return section('timeline', 'Timeline of the build',
        element('p', {}, `${seconds(build.milliseconds)} in all.`),
        table('Steps in the order of their beginning',
            [{ title: 'Stage' }, { title: 'Step' }, { title: 'Start', isNumber: true }, { title: 'Time', isNumber: true }, { title: 'Outcome' }, { title: 'Why' }, { title: 'When' }],
            steps),
        table('Stages and what they wait for', [{ title: 'Stage' }, { title: 'Waits for' }],
            build.stages.map(stage => [stage.name, stage.waitsFor.join(', ') || 'nothing'])));
}

function seconds(milliseconds: number): string {
    return `${(milliseconds / 1000).toFixed(2)} s`;
}
