// A process's copy of the registry: asked for anew after a short time, and kept as it is while the database is away, so that no policy changes by an outage.
import type { compileCheck } from './compile-check.ts';
import { type CompiledChecks, createRegistry, type Registry, type RegistryRows } from './registry.ts';

export type CachedRegistryOptions = {
  /** null: nothing changed since that revision. */
  readonly load: (knownRevision: number | null) => Promise<RegistryRows | null>;
  /** How long a copy is taken to be current. */
  readonly lifeMs: number;
  readonly nowMs: () => number;
  /** It goes on with the copy that it has. */
  readonly onFailure: (error: unknown) => void;
};

export type CachedRegistry = {
  /** Throws where none was ever loaded. */
  current(): Registry;
  /** Loads where the copy is older than its life. Rejects only where there is none yet: without the registry nothing may be judged. */
  refresh(): Promise<void>;
  /** Loads whatever its age. Rejects as `refresh` does. */
  renew(): Promise<void>;
  /** Since it was last known to be current. */
  readonly ageSeconds: () => number;
};

export const createCachedRegistry = ({ load, lifeMs, nowMs, onFailure }: CachedRegistryOptions): CachedRegistry => {
  const checks: CompiledChecks = new Map();
  let held: Registry | null = null;
  let currentAtMs = -Infinity;
  let loading: Promise<void> | null = null;

  const reload = async (): Promise<void> => {
    // What changes while the answer is on its way may not be in it.
    const askedAtMs = nowMs();
    try {
      const rows = await load(held?.revision ?? null);
      if (rows !== null) held = createRegistry(rows, await compilerFor(rows), checks);
      currentAtMs = askedAtMs;
    } catch (error) {
      if (held === null) throw error;
      onFailure(error);
    } finally {
      loading = null;
    }
  };
  const renew = (): Promise<void> => (loading ??= reload());
  return {
    current: () => {
      if (held === null) throw new Error('the registry of schemas was not loaded yet');
      return held;
    },
    refresh: () => {
      const isCurrent = loading === null && held !== null && nowMs() - currentAtMs < lifeMs;
      return isCurrent ? Promise.resolve() : renew();
    },
    renew,
    ageSeconds: () => Math.max(0, nowMs() - currentAtMs) / 1000,
  };
};

/** Loaded with the first schema: without one, nothing that starts waits for a library of schemas. */
const compilerFor = async ({ schemas }: RegistryRows): Promise<typeof compileCheck> => {
  if (schemas.length > 0) return (await import('./compile-check.ts')).compileCheck;
  return () => {
    throw new Error('there is no schema to compile');
  };
};

/** Keeps it current beside other work, until disposed. A tick that asked whether its life is over would come just before that, and leave it for another. */
export const keepCurrent = (registry: Pick<CachedRegistry, 'renew'>, lifeMs: number): Disposable => {
  const timer = setInterval(() => void registry.renew().catch(() => {}), lifeMs);
  timer.unref();
  return { [Symbol.dispose]: () => clearInterval(timer) };
};
