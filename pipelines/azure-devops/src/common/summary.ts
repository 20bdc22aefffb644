import { BuiltImage, FinishedStep, PlatformImage } from './image';
import { bytes, cell, seconds } from './text';

/** What a person wants to see of a build on the page of its pipeline, in Markdown. */
export function summary(images: readonly BuiltImage[], steps: readonly FinishedStep[]): string {
    return [...images.map(imageSection), ...(steps.length > 0 ? [stepSection(steps)] : [])].join('\n');
}

function imageSection(image: BuiltImage): string {
    const lines = [
        `### ${cell(image.name)}${image.upToDate ? ' (up to date)' : ''}`,
        '',
        ...image.references.map(reference => `- \`${reference.replace(/`/g, '')}\``),
        ...image.files.map(file => `- \`${file.replace(/`/g, '')}\``),
        `- \`${image.digest}\``,
        '',
    ];
    return [...lines, ...image.platforms.flatMap(platformLines)].join('\n');
}

function platformLines(image: PlatformImage): string[] {
    const compressed = image.layers.reduce((sum, layer) => sum + layer.size, 0);
    const unpacked = image.size < 0 ? '' : `, ${bytes(image.size)} unpacked`;
    return [
        `${cell(image.platform)}: ${image.layers.length} ${image.layers.length === 1 ? 'layer' : 'layers'}, ${bytes(compressed)}${unpacked}`,
        '',
        '| layer | size | made by |',
        '|---:|---:|---|',
        ...image.layers.map((layer, at) => `| ${at + 1} | ${bytes(layer.size)} | ${cell(layer.instruction)} |`),
        '',
    ];
}

function stepSection(steps: readonly FinishedStep[]): string {
    const cached = steps.filter(step => step.outcome === 'Cached').length;
    return [
        `${steps.length} ${steps.length === 1 ? 'step' : 'steps'}, ${cached} cached`,
        '',
        '| stage | step | outcome | time |',
        '|---|---|---|---:|',
        ...steps.map(step => `| ${cell(step.stage)} | ${cell(step.title)} | ${step.outcome.toLowerCase()} | ${seconds(step.milliseconds)} |`),
        '',
    ].join('\n');
}
