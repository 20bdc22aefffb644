// The page of a report: reads the document that the page holds and shows one of its images.
import { element, section } from './elements';
import { TreeNode, type ReportDocument, type ReportedImage } from './model';
import { packages } from './packages';
import { difference, largest, layers, overview, timeline, twice } from './tables';
import { FileMap } from './treemap';

void show();

async function show(): Promise<void> {
    const report = await read();
    const main = document.getElementById('report')!;
    const place = element('div', { id: 'image' });
    main.replaceChildren(
        element('header', {},
            element('h1', {}, report.name),
            element('p', { class: 'digest' }, report.digest),
            ...(report.images.length > 1 ? [choice(report.images, image => showImage(place, image))] : [])),
        place,
        ...(report.build ? [timeline(report.build)] : []),
        element('footer', {}, `${report.generator}, ${report.generated}.${report.images.some(image => image.packages) ? '' : ' Packages are listed where the build also writes a bill of materials.'}`));
    showImage(place, report.images[0]!);
    document.body.dataset['ready'] = 'true';
}

function showImage(place: HTMLElement, image: ReportedImage): void {
    const files = new FileMap(TreeNode.ofLayers(image));
    place.replaceChildren(
        overview(image),
        section('map', 'Layers and files', files.content),
        layers(image),
        largest(image),
        twice(image),
        ...(image.packages ? [packages(image.packages)] : []),
        ...(image.against ? [difference(image, image.against)] : []));
    files.start();
}

function choice(images: ReportedImage[], chosen: (image: ReportedImage) => void): HTMLElement {
    const select = element('select', { id: 'platform' }, ...images.map((image, index) => element('option', { value: String(index) }, image.platform)));
    select.addEventListener('change', () => chosen(images[select.selectedIndex]!));
    return element('p', {}, element('label', { for: 'platform' }, 'Platform '), select);
}

async function read(): Promise<ReportDocument> {
    const letters = atob(document.getElementById('data')!.textContent!);
    const packed = new Uint8Array(letters.length);
    for (let index = 0; index < letters.length; index++) packed[index] = letters.charCodeAt(index);
    const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream('deflate-raw'));
    return JSON.parse(await new Response(stream).text()) as ReportDocument;
}
