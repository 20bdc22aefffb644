/** What a user can mend; its message is all that is shown of it. */
export class UserError extends Error {}

export function messageOf(failure: unknown): string {
    return failure instanceof Error ? failure.message : String(failure);
}
