export function seconds(milliseconds: number): string {
    return milliseconds < 1000 ? `${milliseconds} ms` : `${(milliseconds / 1000).toFixed(1)} s`;
}

/** Powers of 1000, as registries and Docker show sizes. */
export function bytes(count: number): string {
    const units = ['B', 'kB', 'MB', 'GB', 'TB'];
    let value = count;
    let unit = 0;
    while (value >= 1000 && unit < units.length - 1) {
        value /= 1000;
        unit++;
    }

    return unit === 0 ? `${value} B` : `${value.toFixed(value < 10 ? 2 : 1)} ${units[unit]}`;
}

/** Text of a stranger in a cell of a Markdown table: no table, no markup and no HTML comes of it. */
export function cell(text: string): string {
    const line = text.replace(/\s+/g, ' ').trim();
    const short = line.length > 120 ? `${line.slice(0, 119)}…` : line;
    return short.replace(/[\\`*_[\]|~]/g, '\\$&').replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;');
}
