// Trouble with the stream in the log: once when it begins, at most every few seconds while it lasts, once when it is over. Never a line a batch.
import { isSystemError } from '../contract/system-error.ts';
import { errorAttributes } from '../telemetry/error-attributes.ts';
import type { Logger } from '../telemetry/logger.ts';

export type TroubleLog = { readonly failed: (error: unknown, events: number) => void; readonly over: () => void };

const everyMs = 5000;

export const createTroubleLog = (logger: Logger, now: () => number): TroubleLog => {
  let saidAtMs: number | null = null;
  let failures = 0;
  return {
    failed: (error, events) => {
      failures += 1;
      const isDefect = !isSystemError(error) || error.code === 'FL_STREAM_DATA_REFUSED';
      if (!isDefect && saidAtMs !== null && now() - saidAtMs < everyMs) return;
      saidAtMs = now();
      const attributes = { ...errorAttributes(error), 'faultline.failures': failures, 'faultline.batch.events': events };
      if (isDefect) logger.error('an append failed by a defect', attributes);
      else logger.warn('appends fail', attributes, { eventName: 'faultline.stream.trouble' });
    },
    over: () => {
      if (saidAtMs === null) return;
      logger.info('appends go through again', { 'faultline.failures': failures }, { eventName: 'faultline.stream.recovered' });
      saidAtMs = null;
      failures = 0;
    },
  };
};
