import { UserError } from './errors';

/**
 * Cuts a multi-line input into arguments as a shell does: at blanks and line breaks, with both kinds of quotes and the backslash, and nothing else.
 * The library's own line() takes line breaks and single quotes for parts of arguments.
 */
export function splitArguments(text: string): string[] {
    const found: string[] = [];
    let current: string | undefined;
    let quote = '';
    for (let at = 0; at < text.length; at++) {
        const letter = text.charAt(at);
        const next = text.charAt(at + 1);
        if (quote === "'") {
            if (letter === quote) quote = '';
            else current += letter;
        } else if (letter === '\\' && (quote === '' ? next !== '' : '"\\'.includes(next) && next !== '')) {
            // A line that ends with a backslash goes on with the next one, as people write long commands.
            const goesOn = quote === '' && (next === '\n' || text.startsWith('\r\n', at + 1));
            if (!goesOn) current = (current ?? '') + next;
            at += goesOn && next === '\r' ? 2 : 1;
        } else if (quote === '"') {
            if (letter === quote) quote = '';
            else current += letter;
        } else if (letter === "'" || letter === '"') {
            quote = letter;
            current ??= '';
        } else if (/\s/.test(letter)) {
            if (current !== undefined) found.push(current);
            current = undefined;
        } else {
            current = (current ?? '') + letter;
        }
    }

    if (quote !== '') throw new UserError(`The input 'arguments' has a ${quote} that nothing closes.`);
    if (current !== undefined) found.push(current);
    return found;
}
