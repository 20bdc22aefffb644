// The packages of an image, where the build wrote a bill of materials.
import { element, section, table } from './elements';
import type { ReportedPackage } from './model';

const rowsShown = 100;

export function packages(all: ReportedPackage[]): HTMLElement {
    const kinds = new Map<string, number>();
    for (const one of all) kinds.set(one.kind, (kinds.get(one.kind) ?? 0) + 1);
    const filter = element('input', { type: 'search', id: 'package-filter', autocomplete: 'off', spellcheck: 'false' });
    const count = element('p', { role: 'status', id: 'package-count' });
    const place = element('div', { id: 'package-list' });
    const show = (): void => {
        const wanted = filter.value.toLowerCase();
        const found = all.filter(one => `${one.kind} ${one.name} ${one.version} ${one.license ?? ''} /${one.path}`.toLowerCase().includes(wanted));
        count.textContent = `${found.length.toLocaleString('en')} ${found.length === 1 ? 'package' : 'packages'}${found.length > rowsShown ? `; the first ${rowsShown} are shown` : ''}`;
        place.replaceChildren(table('Packages',
            [{ title: 'Kind' }, { title: 'Name' }, { title: 'Version' }, { title: 'License' }, { title: 'Found in' }],
            found.slice(0, rowsShown).map(one => [one.kind, one.name, one.version, one.license ?? '', `/${one.path}`])));
    };
    filter.addEventListener('input', show);
    show();
    return section('packages', 'Packages',
        table('Packages by kind', [{ title: 'Kind' }, { title: 'Packages', isNumber: true }], [...kinds].map(([kind, number]) => [kind, number.toLocaleString('en')])),
        element('p', { class: 'filter' }, element('label', { for: 'package-filter' }, 'Part of kind, name, version, license or path '), filter),
        count,
        place);
}
