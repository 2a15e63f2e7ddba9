// `npm run ops -- keys …` and `tenants …`: what they do, and what they print. A key is printed once, when it is made, and never again.
import type { AccessDesk, Asked, KeyRequest, ListedKey, Quotas } from '../../access/access-desk.ts';
import { hashKey, makeApiKey } from '../../access/api-key.ts';
import { exitCodes } from './exit-codes.ts';
import { OpsError } from './ops-error.ts';
import type { OpsSurroundings } from './surroundings.ts';
import { fields, table } from './table.ts';

export type KeysContext = {
  readonly desk: AccessDesk;
  readonly json: boolean;
  readonly surroundings: Pick<OpsSurroundings, 'out' | 'err'>;
};

const asJson = (value: unknown) => `${JSON.stringify(value, null, 2)}\n`;

const fieldsOf = ({ key_id, tenant, name, scopes, state, created_at, created_by, expires_at, revoked_at, replaces }: ListedKey) => ({
  key: key_id,
  tenant,
  name,
  scopes: scopes.join(', '),
  state,
  created: `${created_at} by ${created_by}`,
  expires: expires_at ?? 'never',
  ...(revoked_at !== null && { revoked: revoked_at }),
  ...(replaces !== null && { replaces }),
});

/** The key itself alone on stdout, so that a script can take it; what is to be known of it on stderr. */
const showMade = ({ json, surroundings: { out, err } }: KeysContext, text: string, made: ListedKey, words: string): number => {
  if (json) {
    out(asJson({ key: text, ...made }));
    return exitCodes.done;
  }
  err(`${fields(fieldsOf(made))}${words}The key is shown now and never again. Doors know it within seconds.\n`);
  out(`${text}\n`);
  return exitCodes.done;
};

export const createKey = async (context: KeysContext, request: KeyRequest, asked: Asked): Promise<number> => {
  const { keyId, text } = makeApiKey();
  const made = await context.desk.createKey({ keyId, hash: hashKey(text) }, request, asked);
  if ('unknown_tenant' in made)
    throw new OpsError(
      `There is no tenant '${request.tenant}'; there is ${made.unknown_tenant.join(', ')}. To make it with this key: --new-tenant.`,
    );
  return showMade(context, text, made, '');
};

export const rotateKey = async (context: KeysContext, oldId: string, overlapSeconds: number, asked: Asked): Promise<number> => {
  const { keyId, text } = makeApiKey();
  const rotated = await context.desk.rotateKey(oldId, { keyId, hash: hashKey(text) }, overlapSeconds, asked);
  if (rotated === null) throw new OpsError(`There is no active key '${oldId}': npm run ops -- keys list --all shows what there is.`);
  return showMade(context, text, rotated.made, `The old key ${oldId} works until ${rotated.old.expires_at}.\n`);
};

export const revokeKey = async ({ desk, json, surroundings: { out } }: KeysContext, keyId: string, asked: Asked): Promise<number> => {
  const key = await desk.revokeKey(keyId, asked);
  if (key === null) throw new OpsError(`There is no key '${keyId}': npm run ops -- keys list --all shows what there is.`);
  out(json ? asJson(key) : `${fields(fieldsOf(key))}Doors refuse it within seconds.\n`);
  return exitCodes.done;
};

export const listKeys = async (
  { desk, json, surroundings: { out } }: KeysContext,
  filter: { readonly tenant: string | null; readonly all: boolean },
): Promise<number> => {
  const keys = await desk.listKeys(filter);
  if (json) out(asJson({ keys }));
  else if (keys.length === 0) out(filter.all ? 'No keys.\n' : 'No active keys.\n');
  else {
    const rows = keys.map((key) => [key.key_id, key.tenant, key.name, key.scopes.join(','), key.state, key.created_at, key.expires_at]);
    out(table(['KEY', 'TENANT', 'NAME', 'SCOPES', 'STATE', 'CREATED', 'EXPIRES'], rows));
  }
  return exitCodes.done;
};

export const listTenants = async ({ desk, json, surroundings: { out } }: KeysContext): Promise<number> => {
  const tenants = await desk.listTenants();
  if (json) out(asJson({ tenants }));
  else {
    const rows = tenants.map((one) => [
      one.tenant,
      one.keys,
      one.events_per_second,
      one.bytes_per_second,
      one.storage_bytes,
      one.stored_events,
      one.stored_bytes,
    ]);
    out(table(['TENANT', 'KEYS', 'EVENTS/S', 'BYTES/S', 'STORAGE QUOTA', 'EVENTS', 'BYTES'], rows));
  }
  return exitCodes.done;
};

export const setQuotas = async (
  { desk, json, surroundings: { out } }: KeysContext,
  tenant: string,
  quotas: Partial<Quotas>,
  asked: Asked,
): Promise<number> => {
  if (Object.keys(quotas).length === 0) throw new OpsError('Say which quota: --events-per-second, --bytes-per-second, --storage-bytes.');
  if (!(await desk.setQuotas(tenant, quotas, asked)))
    throw new OpsError(`There is no tenant '${tenant}': npm run ops -- tenants list shows those that there are.`);
  out(json ? asJson({ tenant, ...quotas }) : `Quotas of ${tenant} are set. Doors hold to them within seconds.\n`);
  return exitCodes.done;
};

export const listAccessAudit = async ({ desk, json, surroundings: { out } }: KeysContext, limit: number): Promise<number> => {
  const entries = await desk.readAudit(limit);
  const rows = entries.map(({ at, action, tenant, key_id, by_whom, why }) => [at, action, tenant, key_id, by_whom, why]);
  out(json ? asJson({ entries }) : table(['AT', 'ACTION', 'TENANT', 'KEY', 'BY', 'WHY'], rows));
  return exitCodes.done;
};
