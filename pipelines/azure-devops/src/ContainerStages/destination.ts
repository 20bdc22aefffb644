import { RegistryLogin } from '../common/connections';
import { UserError } from '../common/errors';
import { Inputs } from './inputs';

/** Where the image goes: without a registry into the store of this machine alone. */
export interface Destination {
    readonly registry: string;
    readonly repository: string;
}

/** The first connection is the destination; without one the repository may begin with its registry, as image names do. */
export function destinationOf(inputs: Inputs, logins: readonly RegistryLogin[]): Destination {
    const [first, ...rest] = inputs.repository.split('/');
    const hasHost = rest.length > 0 && first !== undefined && /[.:]|^localhost$/.test(first);
    const written = hasHost ? first : '';
    const chosen = logins[0]?.host ?? '';
    if (written !== '' && chosen !== '' && written !== chosen) {
        throw new UserError(`The input 'repository' names the registry '${written}', and the service connection leads to '${chosen}'. Leave the registry out of 'repository'.`);
    }

    const repository = hasHost ? rest.join('/') : inputs.repository;
    return { registry: inputs.push ? chosen || written : '', repository };
}
