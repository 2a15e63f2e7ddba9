// Tells from a key who asks and whether they may. From memory: a request asks the database only about a key that is not known yet, and many at once ask once.
// A database that is away opens no door, and keeps none shut for whom was known within a key's life.
import { defaultTenant, type Scope, scopes } from '../contract/access.ts';
import { type AccessTable, type KeptKey, type ReadAccessTable } from './access-table.ts';
import { isKeyOf, keyIdOf } from './api-key.ts';

/** Who asks: from the key alone, never from what the request says. */
export type Access = {
  readonly tenant: string;
  readonly scopes: readonly Scope[];
  /** null: without a key, where none is needed. */
  readonly keyId: string | null;
};

export type AccessRefusal = {
  readonly refused: 'unauthenticated' | 'forbidden' | 'storage_unavailable';
  readonly message: string;
};

export type AccessKeys = AsyncDisposable & {
  /** `key`: the text that was given; null: none. Never rejects. A promise only where the database has to be asked. */
  demand(key: string | null, scope: Scope): Access | AccessRefusal | Promise<Access | AccessRefusal>;
  /** From memory alone, as `demand` otherwise; null: the database has to be asked. */
  known(key: string | null, scope: Scope): Access | AccessRefusal | null;
  /** False: they were not read for so long that none is believed, and `known` knows of none. */
  areFresh(): boolean;
  /** Whether requests need one now: from then on there are tenants to share with. */
  areNeeded(): boolean;
  /** By name, oldest first; another map once something changed. */
  tenants(): AccessTable['tenants'];
  /** Seconds since the keys were last read. */
  ageSeconds(): number;
};

export type AccessKeysOptions = {
  readonly read: ReadAccessTable;
  /** Also before there is a first key. */
  readonly areRequired: boolean;
  readonly lifeMs: number;
  /** Monotonic milliseconds. */
  readonly nowMs: () => number;
  /** Epoch milliseconds: of expiry. */
  readonly dateMs: () => number;
  readonly after: (delayMs: number, run: () => void) => Disposable;
  /** A read failed: told once, and again after one that did not. */
  readonly onFailure: (error: unknown) => void;
};

export const openAccess: Access = { tenant: defaultTenant, scopes, keyId: null };

const readsPerLife = 5;
/** Unknown keys make the database be asked no more often than this, however many come. */
const leastBetweenReadsMs = 250;

/** Rejects where the first read does. The caller disposes it. */
export const createAccessKeys = async (options: AccessKeysOptions): Promise<AccessKeys> => {
  const { areRequired, lifeMs, nowMs } = options;
  const table = await createFreshTable(options);
  const areNeeded = () => areRequired || table.current().hasKeys;
  const isFresh = () => nowMs() - table.readAtMs() <= lifeMs;
  const judge = (key: string, scope: Scope): Access | AccessRefusal | 'unknown' => {
    const kept = keptOf(table.current(), key);
    return kept === undefined ? 'unknown' : judgeKept(kept, key, scope, options.dateMs());
  };
  const askAgain = async (key: string, scope: Scope): Promise<Access | AccessRefusal> => {
    const askedAtMs = nowMs();
    for (;;) {
      const isRead = await table.readAgain();
      if (!isRead && !(isFresh() && keptOf(table.current(), key))) return unavailable;
      const judged = judge(key, scope);
      if (judged !== 'unknown') return judged;
      // A read that was under way already may have missed a key that was made since.
      if (table.readAtMs() >= askedAtMs) return unknownKey;
    }
  };
  const known: AccessKeys['known'] = (key, scope) => {
    if (key === null || keyIdOf(key) === null) {
      if (!areNeeded()) return openAccess;
      return key === null ? noKey : unknownKey;
    }
    // A key that is given is always looked at: the first one may be that young, and its events are of its tenant.
    const judged = isFresh() ? judge(key, scope) : 'unknown';
    return judged === 'unknown' ? null : judged;
  };
  return {
    demand: (key, scope) => known(key, scope) ?? askAgain(key ?? '', scope),
    known,
    areFresh: isFresh,
    areNeeded,
    tenants: () => table.current().tenants,
    ageSeconds: () => (nowMs() - table.readAtMs()) / 1000,
    [Symbol.asyncDispose]: () => table[Symbol.asyncDispose](),
  };
};

const keptOf = ({ keys }: AccessTable, key: string): KeptKey | undefined => keys.get(keyIdOf(key) ?? '');

const judgeKept = (kept: KeptKey, key: string, scope: Scope, dateMs: number): Access | AccessRefusal => {
  const isGood = isKeyOf(key, kept.hash) && (kept.expiresAtMs === null || dateMs < kept.expiresAtMs);
  if (!isGood) return unknownKey;
  if (kept.scopes.includes(scope)) return kept;
  return {
    refused: 'forbidden',
    message: `The API key ${kept.keyId} has not the scope '${scope}'; it has ${kept.scopes.map((one) => `'${one}'`).join(', ')}. Nothing was stored.`,
  };
};

const noKey: AccessRefusal = {
  refused: 'unauthenticated',
  message: 'An API key is needed: send it as Authorization: Bearer fl_…. Nothing was stored.',
};
/** The same for all that is wrong with a key: who guesses learns nothing. */
const unknownKey: AccessRefusal = {
  refused: 'unauthenticated',
  message: 'The API key is not known, has expired or was revoked. Nothing was stored.',
};
const unavailable: AccessRefusal = {
  refused: 'storage_unavailable',
  message: 'The API key can not be checked: the database does not answer. Nothing was stored. Retry.',
};

type FreshTable = AsyncDisposable & {
  current(): AccessTable;
  /** When the last read that succeeded began: what it says is as old as that. */
  readAtMs(): number;
  /** One read for all who ask in the meantime; false: it failed. */
  readAgain(): Promise<boolean>;
};

const createFreshTable = async ({ read, lifeMs, nowMs, after, onFailure }: AccessKeysOptions): Promise<FreshTable> => {
  let readAtMs = nowMs();
  let beganAtMs = readAtMs;
  let table = (await read(null))!;
  let reading: Promise<boolean> | null = null;
  let hasFailed = false;
  let timer: Disposable | null = null;
  let isDisposed = false;

  const readOnce = async (): Promise<boolean> => {
    beganAtMs = nowMs();
    try {
      table = (await read(table.version)) ?? table;
      readAtMs = beganAtMs;
      hasFailed = false;
      return true;
    } catch (error) {
      if (!hasFailed && !isDisposed) onFailure(error);
      hasFailed = true;
      return false;
    }
  };
  const inTurn = async (): Promise<boolean> => {
    const waitMs = beganAtMs + leastBetweenReadsMs - nowMs();
    if (waitMs > 0) await new Promise<void>((resolve) => void after(waitMs, resolve));
    return readOnce();
  };
  const readAgain = (): Promise<boolean> => (reading ??= inTurn().finally(() => (reading = null)));
  const keepFresh = (): void => {
    if (!isDisposed) timer = after(lifeMs / readsPerLife, () => void readAgain().then(keepFresh));
  };
  keepFresh();
  return {
    current: () => table,
    readAtMs: () => readAtMs,
    readAgain,
    [Symbol.asyncDispose]: async () => {
      isDisposed = true;
      timer?.[Symbol.dispose]();
      await reading;
    },
  };
};
