// Elements of the page. Text is only ever set as text: everything in a report may come from somebody else's image.

type Content = Node | string;

export function element<Name extends keyof HTMLElementTagNameMap>(
    name: Name, attributes: Record<string, string> = {}, ...content: Content[]): HTMLElementTagNameMap[Name] {
    const made = document.createElement(name);
    for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
    made.append(...content);
    return made;
}

export function button(text: string, act: () => void): HTMLButtonElement {
    const made = element('button', { type: 'button' }, text);
    made.addEventListener('click', act);
    return made;
}

export function section(id: string, title: string, ...content: Content[]): HTMLElement {
    return element('section', { 'aria-labelledby': id }, element('h2', { id }, title), ...content);
}

export interface Column {
    title: string;
    isNumber?: boolean;
}

/** A table with a caption for those who cannot see where it stands. */
export function table(caption: string, columns: Column[], rows: Content[][]): HTMLElement {
    const head = element('tr', {}, ...columns.map(column => element('th', { scope: 'col', ...(column.isNumber ? { class: 'number' } : {}) }, column.title)));
    const body = rows.map(row => element('tr', {}, ...row.map((cell, index) => element('td', columns[index]?.isNumber ? { class: 'number' } : {}, cell))));
    return element('div', { class: 'scroll', tabindex: '0', role: 'region', 'aria-label': caption },
        element('table', {}, element('caption', {}, caption), element('thead', {}, head), element('tbody', {}, ...body)));
}
