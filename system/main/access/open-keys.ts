// Wires the keys of a door: read over a connection of its own, kept for their life, and what an operator should hear of it.
import { type Access, type AccessKeys, type AccessRefusal, createAccessKeys } from '../../access/access-keys.ts';
import { signals } from '../../contract/signals.ts';
import { isLoopback, type Settings } from '../../contract/parse-settings.ts';
import { createAccessReader } from '../../storage/postgres/access-reader.ts';
import { errorAttributes } from '../../telemetry/error-attributes.ts';
import type { Telemetry } from '../../telemetry/start-telemetry.ts';
import { applicationName } from '../process-life.ts';

export type KeysOptions = {
  readonly settings: Pick<Settings, 'databaseUrl' | 'apiKeys' | 'keyLifeSeconds' | 'host' | 'tlsCertificate'>;
  readonly role: string;
  readonly instance: string;
  readonly telemetry: Pick<Telemetry, 'logger' | 'instruments'>;
};

const refusals: readonly AccessRefusal['refused'][] = ['unauthenticated', 'forbidden', 'storage_unavailable'];

/** After the migrations. The caller disposes it. */
export const openKeys = async ({ settings, role, instance, telemetry: { logger, instruments } }: KeysOptions): Promise<AccessKeys> => {
  await using undo = new AsyncDisposableStack();
  const reader = undo.use(
    createAccessReader({ databaseUrl: settings.databaseUrl ?? '', applicationName: applicationName(role, instance, 'keys') }),
  );
  const keys = undo.use(
    await createAccessKeys({
      read: reader.read,
      areRequired: settings.apiKeys === 'required',
      lifeMs: settings.keyLifeSeconds * 1000,
      nowMs: () => performance.now(),
      dateMs: () => Date.now(),
      after: (delayMs, run) => {
        const timer = setTimeout(run, delayMs);
        return { [Symbol.dispose]: () => clearTimeout(timer) };
      },
      onFailure: (error) =>
        logger.warn('API keys could not be read; those that are known hold for their life', { ...errorAttributes(error) }),
    }),
  );
  if (!isLoopback(settings.host) && settings.tlsCertificate === null)
    logger.warn(
      `API keys come to ${settings.host} unencrypted: set FAULTLINE_TLS_CERT and FAULTLINE_TLS_KEY, or let something before it speak TLS`,
    );
  instruments.gauge(signals.keysAge, keys.ageSeconds);
  const refused = instruments.counter(
    signals.keysRefused,
    refusals.map((code) => ({ 'error.code': code })),
  );
  const counted = (judged: Access | AccessRefusal): Access | AccessRefusal => {
    if ('refused' in judged) refused.add(1, { 'error.code': judged.refused });
    return judged;
  };
  const owned = undo.move();
  return {
    ...keys,
    demand: (key, scope) => {
      const judged = keys.demand(key, scope);
      return judged instanceof Promise ? judged.then(counted) : counted(judged);
    },
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
};
