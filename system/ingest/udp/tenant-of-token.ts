// Whose datagrams they are: the one place where a datagram's token is resolved. A token is an API key with scope ingest.
import type { Access, AccessKeys, AccessRefusal } from '../../access/access-keys.ts';
import { type Refusal, refuse } from '../refusal.ts';

/** The tenant that a token names, or why it names none. Token null: the datagram has none. */
export type TenantOfToken = {
  /** From memory alone. null: the database has to be asked. */
  known(token: string | null): string | Refusal | null;
  /** Never rejects. */
  ask(token: string | null): Promise<string | Refusal>;
  /** False: keys were not read for so long that none is known. */
  areKeysFresh(): boolean;
};

export const createTenantOfToken = (keys: Pick<AccessKeys, 'demand' | 'known' | 'areFresh'>): TenantOfToken => ({
  known: (token) => {
    const judged = keys.known(token, 'ingest');
    return judged === null ? null : toTenant(judged);
  },
  ask: async (token) => toTenant(await keys.demand(token, 'ingest')),
  areKeysFresh: keys.areFresh,
});

const toTenant = (judged: Access | AccessRefusal): string | Refusal =>
  'refused' in judged ? refuse(judged.refused, judged.message) : judged.tenant;
