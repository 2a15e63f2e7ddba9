// What every route works with.
import type { Clock } from '../../../../engine/clock.ts';
import type { LogStore } from '../log-store.ts';
import { createTurn } from '../logql/turn.ts';
import type { Turn } from '../logql/turn.ts';

export type LokiContext = { readonly logs: LogStore; readonly clock: Clock };

const queryTimeoutMs = 30_000;

export const maxSeries = 500;

/** Up to the end of this millisecond: what was received in it belongs to it. */
export const nowNano = ({ clock }: LokiContext): bigint => BigInt(Math.floor(clock.now())) * 1_000_000n + 1_000_000n;

export const newTurn = ({ clock }: LokiContext): Turn => createTurn({ nowMs: () => clock.now(), timeoutMs: queryTimeoutMs });
