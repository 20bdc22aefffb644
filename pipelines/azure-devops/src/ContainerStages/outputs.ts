import * as fs from 'fs';
import * as path from 'path';
import * as tasks from 'azure-pipelines-task-lib/task';
import { BuiltImage, FinishedStep, tagOf } from '../common/image';
import { summary } from '../common/summary';

/** Sets the output variables. Several images of a solution stand in the order in which they were published, divided by commas. */
export function setOutputs(images: readonly BuiltImage[], sboms: readonly string[]): void {
    const set = (name: string, values: readonly string[]): void => tasks.setVariable(name, [...new Set(values)].filter(value => value !== '').join(','), false, true);
    set('imageReference', images.map(image => image.references[0] === undefined ? '' : `${image.references[0]}@${image.digest}`));
    set('imageDigest', images.map(image => image.digest));
    set('imageTags', images.flatMap(image => image.references.map(tagOf)));
    set('archivePath', images.flatMap(image => image.files));
    set('sbomPath', sboms.filter(file => fs.existsSync(file)));
    tasks.setVariable('upToDate', String(images.length > 0 && images.every(image => image.upToDate)), false, true);
}

export function uploadSummary(temporary: string, images: readonly BuiltImage[], steps: readonly FinishedStep[]): void {
    // The agent reads the file after this step; the folder is emptied with the job. Its name is the heading on the page.
    const file = path.join(fs.mkdtempSync(path.join(temporary, 'containerstages-summary-')), 'Container images.md');
    fs.writeFileSync(file, summary(images, steps));
    tasks.uploadSummary(file);
}
