// The commands of keys and tenants, as commander has them. They speak to the database, not to a door: whoever has it may make keys.
import { type Command, InvalidArgumentError } from 'commander';
import type { AccessDesk, Asked, Quotas } from '../../access/access-desk.ts';
import { type Scope, scopeMeanings, scopes, tenantPattern } from '../../contract/access.ts';
import { createKey, type KeysContext, listAccessAudit, listKeys, listTenants, revokeKey, rotateKey, setQuotas } from './keys.ts';
import { withAccessDesk } from './open-access-desk.ts';
import type { OpsSurroundings } from './surroundings.ts';

type Root = { readonly json?: true; readonly data?: string };
type Audited = { readonly why: string; readonly by?: string };
type Run = (command: Command, work: (context: KeysContext) => Promise<number>) => Promise<void>;
type OpenDesk = (data: string | null, work: (desk: AccessDesk) => Promise<number>) => Promise<number>;

export const addKeys = (program: Command, surroundings: OpsSurroundings, ended: (exitCode: number) => void): void => {
  const open: OpenDesk = (data, work) => withAccessDesk({ databaseUrl: surroundings.databaseUrl, data }, work);
  const run: Run = async (command, work) => {
    const { json = false, data } = command.optsWithGlobals<Root>();
    ended(await open(data ?? null, (desk) => work({ desk, json, surroundings })));
  };
  const askedBy = ({ why, by = surroundings.user }: Audited): Asked => ({ by, why });
  addKeyCommands(program, run, askedBy);
  addTenantCommands(program, run, askedBy);
};

const addKeyCommands = (program: Command, run: Run, askedBy: (audited: Audited) => Asked): void => {
  const keys = onDatabase(program.command('keys').description('API keys: make, list, rotate, revoke them. Needs the database, not a key'));
  audited(keys.command('create').description('makes a key, and prints it once'))
    .requiredOption('--scopes <list>', `with commas: ${scopes.map((scope) => `${scope} (${scopeMeanings[scope]})`).join('; ')}`, scopeList)
    .requiredOption('--name <text>', 'what it is for, such as "checkout, production"')
    .option('--tenant <name>', 'whose it is', tenantName, 'default')
    .option('--new-tenant', 'make the tenant, where there is none')
    .option('--expires-in <time>', 'such as 90d, 12h; without it the key does not expire', duration)
    .action((options: CreateOptions, command: Command) =>
      run(command, (context) => {
        const { tenant, name, newTenant = false, expiresIn = null } = options;
        const request = { tenant, name, scopes: options.scopes, expiresInSeconds: expiresIn, isNewTenant: newTenant };
        return createKey(context, request, askedBy(options));
      }),
    );
  keys
    .command('list')
    .description('keys that work, oldest first; never their text')
    .option('--tenant <name>', 'only of this tenant', tenantName)
    .option('--all', 'also those that expired or were revoked')
    .action(({ tenant, all = false }: { tenant?: string; all?: boolean }, command: Command) =>
      run(command, (context) => listKeys(context, { tenant: tenant ?? null, all })),
    );
  audited(keys.command('rotate').description('makes a key in place of another, which works on for a while'))
    .argument('<key>', 'its id, as list shows it')
    .option('--overlap <time>', 'how long the old one works on, such as 1h; 0s: not at all', duration, 86_400)
    .action((keyId: string, options: Audited & { overlap: number }, command: Command) =>
      run(command, (context) => rotateKey(context, keyId, options.overlap, askedBy(options))),
    );
  audited(keys.command('revoke').description('ends a key: doors refuse it within seconds'))
    .argument('<key>', 'its id, as list shows it')
    .action((keyId: string, options: Audited, command: Command) => run(command, (context) => revokeKey(context, keyId, askedBy(options))));
  keys
    .command('audit')
    .description('who did what to which key or tenant, newest first')
    .option('--limit <number>', 'most rows', count, 50)
    .action(({ limit }: { limit: number }, command: Command) => run(command, (context) => listAccessAudit(context, limit)));
};

type CreateOptions = Audited & {
  readonly tenant: string;
  readonly name: string;
  readonly scopes: readonly Scope[];
  readonly newTenant?: true;
  readonly expiresIn?: number;
};

const addTenantCommands = (program: Command, run: Run, askedBy: (audited: Audited) => Asked): void => {
  const tenants = onDatabase(program.command('tenants').description('tenants and their quotas. Needs the database, not a key'));
  tenants
    .command('list')
    .description('tenants, with their quotas and what the log holds of them')
    .action((_options: unknown, command: Command) => run(command, listTenants));
  audited(tenants.command('quota').description('sets quotas; what is left out stays'))
    .argument('<tenant>', 'its name', tenantName)
    .option('--events-per-second <number>', 'of each ingest process; none: no quota', quota)
    .option('--bytes-per-second <number>', 'of each ingest process; none: no quota', quota)
    .option('--storage-bytes <number>', 'bytes of events that the log may hold; none: no quota', quota)
    .action((tenant: string, options: Audited & QuotaOptions, command: Command) =>
      run(command, (context) => setQuotas(context, tenant, quotasOf(options), askedBy(options))),
    );
};

type QuotaOptions = {
  readonly eventsPerSecond?: number | null;
  readonly bytesPerSecond?: number | null;
  readonly storageBytes?: number | null;
};

const quotasOf = ({ eventsPerSecond, bytesPerSecond, storageBytes }: QuotaOptions): Partial<Quotas> => ({
  ...(eventsPerSecond !== undefined && { events_per_second: eventsPerSecond }),
  ...(bytesPerSecond !== undefined && { bytes_per_second: bytesPerSecond }),
  ...(storageBytes !== undefined && { storage_bytes: storageBytes === null ? null : Math.ceil(storageBytes) }),
});

const onDatabase = (command: Command): Command =>
  command.option('--data <folder>', "npm start's data folder, where DATABASE_URL is not set (default: ./data)");

const audited = (command: Command): Command =>
  command.requiredOption('--why <text>', 'why, for the audit').option('--by <name>', 'who asks, for the audit (default: your account)');

const tenantName = (text: string): string => {
  if (new RegExp(tenantPattern).test(text)) return text;
  throw new InvalidArgumentError('Give 1 to 63 characters of a-z, 0-9, ".", "_" and "-", the first a letter or a digit.');
};

const isScope = (text: string): text is Scope => (scopes as readonly string[]).includes(text);

const scopeList = (text: string): readonly Scope[] => {
  const given = [...new Set(text.split(',').map((part) => part.trim()))];
  if (given.every(isScope)) return given;
  throw new InvalidArgumentError(`Give some of ${scopes.join(', ')}, with commas.`);
};

const secondsOf: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400 };

const duration = (text: string): number => {
  const [, number, unit] = /^(\d{1,6})([smhd])$/.exec(text) ?? [];
  if (number !== undefined && unit !== undefined) return Number(number) * secondsOf[unit]!;
  throw new InvalidArgumentError('Give a number with s, m, h or d, such as 90d.');
};

const count = (text: string): number => {
  const value = Number(text);
  if (/^\d{1,4}$/.test(text) && value > 0) return value;
  throw new InvalidArgumentError('Give a whole number from 1 to 9999.');
};

const quota = (text: string): number | null => {
  if (text === 'none') return null;
  const value = Number(text);
  if (/^\d{1,15}(?:\.\d{1,6})?$/.test(text) && value > 0) return value;
  throw new InvalidArgumentError('Give a number above 0, or none.');
};
