// The collector of the workers: what they did, as metrics, spans and log records. It never sees a payload.
import { messageOf } from '../contract/message-of.ts';
import { signals } from '../contract/signals.ts';
import { collectBatches } from './batch-telemetry.ts';
import type { FoundCheckpoint, Tenure } from './checkpoint.ts';
import { collectLeases } from './lease-telemetry.ts';
import type { AcquiredLease, LostLease } from './lease-store.ts';
import type { RecoveryEnd } from './recovery-store.ts';
import { laneAttributes, type FinishedBatch, type TelemetryParts } from './telemetry-parts.ts';

export type WorkerTelemetry = {
  finished(tenure: Tenure, batch: FinishedBatch): void;
  /** A batch that came to nothing for a reason that is not the events'. */
  interrupted(tenure: Tenure, what: string, errorType: string, message: string): void;
  fenced(tenure: Tenure, found: FoundCheckpoint, what: string): void;
  handlerKilled(tenure: Tenure, position: number): void;
  acquired(lease: AcquiredLease): void;
  lost(lease: LostLease): void;
  released(tenures: readonly Tenure[]): void;
  blocked(tenure: Tenure, reason: string, policy: string): void;
  commanded(tenure: Tenure, action: string, requestedBy: string, result: string): void;
  /** What an operator asked of a dead letter is done. */
  recovered(tenure: Tenure, end: RecoveryEnd): void;
  error(what: string, error: unknown): void;
};

/** A defect of ours, or a schema that is not what we expect: somebody has to look. */
const needsSomebody: ReadonlySet<string> = new Set(['defect', 'sqlstate_42', 'sqlstate_XX']);

export const collectWorkers = (parts: TelemetryParts, processors: readonly string[]): WorkerTelemetry => {
  const { instruments, logger } = parts;
  const ofEach = processors.map((processor) => ({ 'faultline.processor': processor }));
  const kills = instruments.counter(signals.handlerKills, ofEach);
  const batches = collectBatches(parts, ofEach);
  return {
    ...collectLeases(parts, ofEach),
    finished: batches.finished,
    interrupted: (tenure, what, errorType, message) => {
      batches.failed(tenure, errorType);
      const attributes = { ...laneAttributes(tenure), 'error.type': errorType, 'exception.message': message };
      if (needsSomebody.has(errorType)) logger.error(what, attributes);
      else logger.warn(what, attributes);
    },
    handlerKilled: (tenure, position) => {
      kills.add(1, { 'faultline.processor': tenure.processor });
      const attributes = { ...laneAttributes(tenure), 'faultline.position': position };
      logger.warn('handler ran past its deadline, its thread was ended', attributes, { eventName: 'faultline.handler.killed' });
    },
    blocked: (tenure, reason, policy) => {
      const attributes = { ...laneAttributes(tenure), 'faultline.reason': reason, 'faultline.policy': policy };
      logger.error('lane can not go on, a bound is reached', attributes, { eventName: 'faultline.lane.blocked' });
    },
    commanded: (tenure, action, requestedBy, result) => {
      const asked = { 'faultline.action': action, 'faultline.requested_by': requestedBy, 'faultline.result': result };
      logger.info('park command carried out', { ...laneAttributes(tenure), ...asked }, { eventName: 'faultline.park.command' });
    },
    recovered: (tenure, { job, command, action, requestedBy, outcome, events }) => {
      const what = { 'faultline.action': action, 'faultline.result': outcome, 'faultline.events': events };
      const asked = { 'faultline.recovery.job': job, 'faultline.recovery.command': command, 'faultline.requested_by': requestedBy };
      logger.info(
        'recovery command carried out',
        { ...laneAttributes(tenure), ...what, ...asked },
        { eventName: 'faultline.recovery.done' },
      );
    },
    error: (what, error) => logger.warn(`could not ${what}`, { 'exception.message': messageOf(error) }),
  };
};
