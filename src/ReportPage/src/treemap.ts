// The files of an image as a treemap that can be entered, and the same as a table.
import { TreemapChart } from 'echarts/charts';
import { init, use, type ECharts } from 'echarts/core';
import { CanvasRenderer } from 'echarts/renderers';
import { button, element, table } from './elements';
import { sizeText, type TreeNode } from './model';

use([TreemapChart, CanvasRenderer]);

const depth = 3;
const rowsShown = 100;
/** Smaller ones have less than a pixel. */
const smallestShare = 1 / 20000;

const light = ['#2f6fb5', '#3f8f5f', '#a8660f', '#8a4fa3', '#b3404f', '#1f7f86', '#6b6f1a', '#5b5fc7'];
const dark = ['#5d9fe6', '#63bd86', '#e0a04c', '#c08ad8', '#ea7b88', '#55bcc4', '#b0b54b', '#9497f0'];

interface Tile {
    name: string;
    value: number;
    /** In the list of the nodes that are drawn: the library copies the data that it is given. */
    index: number;
    children?: Tile[];
}

export class FileMap {
    readonly content = element('div', { class: 'files' });
    private readonly trail = element('nav', { 'aria-label': 'Place in the image' });
    private readonly drawing = element('div', { class: 'treemap', role: 'img' });
    private readonly hovered = element('p', { class: 'hovered', 'aria-hidden': 'true' });
    private readonly list = element('div', { class: 'list' });
    private readonly scheme = matchMedia('(prefers-color-scheme: dark)');
    private chart: ECharts | null = null;
    private readonly drawn: TreeNode[] = [];
    private current: TreeNode;

    constructor(root: TreeNode) {
        this.current = root;
        this.content.append(this.trail, element('div', { class: 'beside' }, element('div', {}, this.drawing, this.hovered), this.list));
        this.scheme.addEventListener('change', () => this.draw());
        new ResizeObserver(() => this.chart?.resize()).observe(this.drawing);
    }

    /** When the page shows the element: a drawing needs its width. */
    start(): void {
        this.chart = init(this.drawing, null, { renderer: 'canvas', devicePixelRatio: Math.max(2, devicePixelRatio) });
        this.chart.on('click', event => {
            const node = this.nodeOf(event.data);
            const folder = node?.isFolder ? node : node?.parent;
            if (folder && folder !== this.current) this.enter(folder);
        });
        this.chart.on('mouseover', event => {
            const node = this.nodeOf(event.data);
            this.hovered.textContent = node ? `${placeOf(node)}  ${sizeText(node.size)}` : '';
        });
        this.enter(this.current);
    }

    enter(node: TreeNode): void {
        this.current = node;
        this.hovered.textContent = '\u00a0';
        const path = node.path;
        this.trail.replaceChildren(...path.map((one, index) => index === path.length - 1
            ? element('span', { 'aria-current': 'location' }, one.name)
            : button(one.name, () => this.enter(one))));
        const children = node.children;
        this.list.replaceChildren(
            table(
                `In ${node.name}: ${sizeText(node.size)}, ${node.files.length.toLocaleString('en')} files`,
                [{ title: 'Size', isNumber: true }, { title: 'Share', isNumber: true }, { title: 'Name' }],
                children.slice(0, rowsShown).map(child => [
                    sizeText(child.size),
                    node.size > 0 ? `${(100 * child.size / node.size).toFixed(1)} %` : '',
                    child.isFolder ? button(child.name, () => this.enter(child)) : child.name,
                ])),
            ...(children.length > rowsShown ? [element('p', {}, `and ${(children.length - rowsShown).toLocaleString('en')} smaller ones`)] : []));
        this.draw();
    }

    private draw(): void {
        if (this.chart === null) return;
        this.drawn.length = 0;
        const colors = this.scheme.matches ? dark : light;
        const ground = getComputedStyle(document.body).backgroundColor;
        this.drawing.setAttribute('aria-label', `Treemap of ${this.current.name}; the table beside it holds the same`);
        this.chart.setOption({
            animation: false,
            color: colors,
            series: [{
                type: 'treemap',
                data: this.tilesOf(this.current, depth, this.current.size * smallestShare),
                left: 0, top: 0, right: 0, bottom: 0,
                roam: false,
                nodeClick: false,
                breadcrumb: { show: false },
                label: { show: true, color: this.scheme.matches ? '#10151c' : '#ffffff', overflow: 'truncate' },
                upperLabel: { show: true, height: 20, color: this.scheme.matches ? '#10151c' : '#ffffff' },
                itemStyle: { borderColor: ground, borderWidth: 1, gapWidth: 1 },
                levels: [
                    { itemStyle: { borderWidth: 0, gapWidth: 3 }, upperLabel: { show: false } },
                    { itemStyle: { borderColorSaturation: 0.5, gapWidth: 1 } },
                    { colorSaturation: this.scheme.matches ? [0.4, 0.7] : [0.35, 0.55], itemStyle: { gapWidth: 1, borderColorSaturation: 0.4 } },
                ],
            }],
        }, { notMerge: true });
    }

    private tilesOf(node: TreeNode, levels: number, smallest: number): Tile[] {
        return node.children.filter(child => child.size > smallest).map(child => ({
            name: child.name,
            value: child.size,
            index: this.drawn.push(child) - 1,
            ...(levels > 1 && child.isFolder ? { children: this.tilesOf(child, levels - 1, smallest) } : {}),
        }));
    }

    private nodeOf(data: unknown): TreeNode | undefined {
        return this.drawn[(data as Tile | undefined)?.index ?? -1];
    }
}

function placeOf(node: TreeNode): string {
    const [, ...below] = node.path;
    const [layer, ...parts] = below.map(one => one.name);
    return parts.length > 0 ? `/${parts.join('/')}` : layer ?? node.name;
}
