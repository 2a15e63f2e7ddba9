// Whose datagrams they are: the one place where a datagram's token is resolved. A token is an API key with scope ingest.
import type { Access, AccessKeys, AccessRefusal } from '../../access/access-keys.ts';
import { type Refusal, refuse } from '../refusal.ts';

/** The tenant that a token names, or why it names none. null: the datagram has no token. A promise only where the database has to be asked. Never rejects. */
export type TenantOfToken = (token: string | null) => string | Refusal | Promise<string | Refusal>;

export const createTenantOfToken =
  (keys: Pick<AccessKeys, 'demand'>): TenantOfToken =>
  (token) => {
    const judged = keys.demand(token, 'ingest');
    return judged instanceof Promise ? judged.then(toTenant) : toTenant(judged);
  };

const toTenant = (judged: Access | AccessRefusal): string | Refusal =>
  'refused' in judged ? refuse(judged.refused, judged.message) : judged.tenant;
