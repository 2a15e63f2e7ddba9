// Gives the tenants of a scenario their keys and quotas, as an administrator would: by `ops`, over the database.
import { extname, join } from 'node:path';
import { execa } from 'execa';
import { HarnessError } from '../../engine/errors.ts';
import type { TrafficTenant } from '../../scenario/scenario.ts';

export type TenantsOf = {
  readonly systemFolder: string;
  readonly databaseUrl: string;
  readonly signal: AbortSignal;
};

const withinMs = 20_000;
const why = ['--by', 'harness', '--why', 'a scenario'];

/** By tenant, its key. Rejects with FL_TARGET_FAILED. */
export const makeTenants = async (tenants: readonly TrafficTenant[], of: TenantsOf): Promise<Readonly<Record<string, string>>> =>
  Object.fromEntries(await Promise.all(tenants.map((tenant) => makeTenant(tenant, of))));

const makeTenant = async ({ name, eventsPerSecond }: TrafficTenant, of: TenantsOf): Promise<readonly [string, string]> => {
  const key = await ops(of, [
    'keys',
    'create',
    '--tenant',
    name,
    '--new-tenant',
    '--scopes',
    'ingest,read,operate',
    '--name',
    'harness',
    ...why,
  ]);
  if (eventsPerSecond !== undefined) await ops(of, ['tenants', 'quota', name, '--events-per-second', String(eventsPerSecond), ...why]);
  return [name, key];
};

const ops = async ({ systemFolder, databaseUrl, signal }: TenantsOf, parameters: readonly string[]): Promise<string> => {
  const program = join(systemFolder, 'main', `ops${extname(import.meta.url)}`);
  const { stdout, stderr, failed } = await execa(process.execPath, [program, ...parameters], {
    env: { DATABASE_URL: databaseUrl },
    cancelSignal: signal,
    timeout: withinMs,
    reject: false,
  });
  if (failed) throw new HarnessError('FL_TARGET_FAILED', `ops ${parameters.slice(0, 2).join(' ')} failed: ${stderr}`);
  return stdout.trim();
};
