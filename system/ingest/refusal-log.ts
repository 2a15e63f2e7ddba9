// Refusals that are ours (5xx) in the log: once when they begin, then at most every few seconds with how many. What a client got wrong is counted, not told;
// exact numbers are in faultline.ingest.refused.
import { errorCodes, type ErrorCodeName } from '../contract/error-codes.ts';
import type { Logger } from '../telemetry/logger.ts';

export type RefusalLog = { readonly refused: (code: ErrorCodeName) => void };

const everyMs = 5000;

export const createRefusalLog = (logger: Pick<Logger, 'warn'>, now: () => number): RefusalLog => {
  let saidAtMs = -Infinity;
  let untold: Partial<Record<ErrorCodeName, number>> = {};
  return {
    refused: (code) => {
      if (errorCodes[code].status < 500) return;
      untold[code] = (untold[code] ?? 0) + 1;
      if (now() - saidAtMs < everyMs) return;
      saidAtMs = now();
      const counts = Object.entries(untold).map(([name, events]) => [`faultline.refused.${name}`, events] as const);
      logger.warn('events are refused', Object.fromEntries(counts), { eventName: 'faultline.ingest.refusing' });
      untold = {};
    },
  };
};
