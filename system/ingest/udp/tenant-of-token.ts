// Whose datagrams they are: the one place where a datagram's token is resolved.
import type { Refusal } from '../refusal.ts';

/** The tenant that a token names, or why it names none. null: the datagram has no token. */
export type TenantOfToken = (token: string | null) => string | Refusal;

/** Until there are keys there is one tenant, whatever the token. */
export const oneTenant: TenantOfToken = () => 'default';
