// The collector of the workers: what they did, as metrics, spans and log records. It never sees a payload.
import type { SpanContext } from '@opentelemetry/api';
import { signals } from '../contract/signals.ts';
import type { Instruments } from '../telemetry/instruments.ts';
import type { Logger } from '../telemetry/logger.ts';
import type { Spans } from '../telemetry/spans.ts';
import { parseTraceparent } from '../telemetry/trace-context.ts';
import type { FoundCheckpoint, Tenure } from './checkpoint.ts';
import { failureCodes } from './failure.ts';
import type { AcquiredLease, LostLease } from './lease-store.ts';
import type { TracedEvent } from './processor.ts';
import type { FailureNote } from './thread-protocol.ts';

export type FinishedBatch = {
  readonly delivered: number;
  readonly receivedAtMs: ArrayLike<number>;
  readonly traced: readonly TracedEvent[];
  readonly failures: readonly FailureNote[];
  readonly startedAtMs: number;
  readonly settledFromMs: number;
  readonly endedAtMs: number;
};

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
  error(what: string, error: unknown): void;
};

export type TelemetryParts = { readonly instruments: Instruments; readonly tracer: Spans; readonly logger: Logger };

const tableOf: Readonly<Record<string, string>> = { events: 'events', timelines: 'timeline_entries' };

export const collectWorkers = ({ instruments, tracer, logger }: TelemetryParts, processors: readonly string[]): WorkerTelemetry => {
  const ofEach = processors.map((processor) => ({ 'faultline.processor': processor }));
  const consumed = instruments.counter(signals.consumedMessages, ofEach);
  const takeovers = instruments.counter(signals.takeovers, [...ofEach, { 'faultline.processor': '_duties' }]);
  const fencedWrites = instruments.counter(signals.fencedWrites, ofEach);
  const kills = instruments.counter(signals.handlerKills, ofEach);
  const failures = instruments.counter(
    signals.processingFailures,
    ofEach.flatMap((one) => failureCodes.map((code) => ({ ...one, 'error.type': code }))),
  );
  const duration = instruments.histogram(signals.processDuration);
  const freshness = instruments.histogram(signals.freshness);
  const operation = instruments.histogram(signals.dbOperationDuration);

  const span = (processor: string, event: TracedEvent, batch: FinishedBatch) => {
    const parent = parseTraceparent(event.traceparent);
    if (parent === null) return;
    const process = tracer.start(`process ${processor}`, {
      kind: 'consumer',
      parent,
      startTime: batch.startedAtMs,
      links: () => [{ context: parent, attributes: { 'messaging.message.id': String(event.id) } }],
      attributes: () => consumerAttributes(processor, event),
    });
    const table = tableOf[processor] ?? processor;
    const insert = tracer.start(`INSERT ${table}`, {
      kind: 'client',
      parent: process.context,
      startTime: batch.settledFromMs,
      attributes: () => ({ 'db.system.name': 'postgresql', 'db.operation.name': 'INSERT', 'db.collection.name': table }),
    });
    insert.end(undefined, batch.endedAtMs);
    process.end(undefined, batch.endedAtMs);
  };
  const note = (tenure: Tenure, failed: FailureNote) => {
    failures.add(1, { 'faultline.processor': tenure.processor, 'error.type': failed.failure.code });
    const attributes = {
      ...laneAttributes(tenure),
      'faultline.position': failed.position,
      'faultline.event.id': failed.id,
      'faultline.reason': failed.failure.code,
      'faultline.attempts': failed.attempts,
      ...(failed.failure.errorType !== null && { 'error.type': failed.failure.errorType }),
      'faultline.reason.message': failed.failure.message,
    };
    if (failed.deadLetter)
      logger.error('event parked as a dead letter', attributes, context('faultline.event.dead_letter', failed.traceparent));
    else logger.warn('event failed and is tried again', attributes, context('faultline.event.failed', failed.traceparent));
  };
  return {
    finished: (tenure, batch) => {
      const processor = { 'faultline.processor': tenure.processor };
      consumed.add(batch.delivered, processor);
      duration.record((batch.endedAtMs - batch.startedAtMs) / 1000, processor);
      operation.record((batch.endedAtMs - batch.settledFromMs) / 1000, { 'db.operation.name': `settle ${tenure.processor}` });
      for (let index = 0; index < batch.receivedAtMs.length; index += 1)
        freshness.record(Math.max(0, batch.endedAtMs - batch.receivedAtMs[index]!) / 1000, processor);
      for (const event of batch.traced) span(tenure.processor, event, batch);
      for (const failed of batch.failures) note(tenure, failed);
    },
    interrupted: (tenure, what, errorType, message) => {
      failures.add(1, { 'faultline.processor': tenure.processor, 'error.type': errorType });
      const attributes = { ...laneAttributes(tenure), 'error.type': errorType, 'exception.message': message };
      if (errorType === 'defect' || errorType === 'sqlstate_42' || errorType === 'sqlstate_XX') logger.error(what, attributes);
      else logger.warn(what, attributes);
    },
    fenced: (tenure, found, what) => {
      fencedWrites.add(1, { 'faultline.processor': tenure.processor });
      const attributes = { ...laneAttributes(tenure), 'faultline.epoch': tenure.epoch, 'faultline.other_epoch': found.epoch };
      logger.warn(`write refused, the lane has another owner: ${what}`, attributes, { eventName: 'faultline.lease.fenced' });
    },
    handlerKilled: (tenure, position) => {
      kills.add(1, { 'faultline.processor': tenure.processor });
      logger.warn(
        'handler ran past its deadline, its thread was ended',
        { ...laneAttributes(tenure), 'faultline.position': position },
        { eventName: 'faultline.handler.killed' },
      );
    },
    acquired: (lease) => {
      if (lease.kind === 'taken_over') takeovers.add(1, { 'faultline.processor': lease.processor });
      const attributes = { ...laneAttributes(lease), 'faultline.epoch': lease.epoch, 'faultline.position': lease.position };
      if (lease.kind === 'acquired') logger.info('lane acquired', attributes, { eventName: 'faultline.lease.acquired' });
      else
        logger.warn(
          'lane taken over',
          { ...attributes, 'faultline.from': lease.from ?? '', 'faultline.takeovers_without_progress': lease.takeoversWithoutProgress },
          { eventName: 'faultline.lease.taken_over' },
        );
    },
    lost: (lease) => {
      const other = { 'faultline.other_owner': lease.otherOwner ?? '', 'faultline.other_epoch': lease.otherEpoch ?? lease.epoch };
      const attributes = { ...laneAttributes(lease), 'faultline.epoch': lease.epoch, ...other };
      logger.warn('lane lost, the renewal came too late', attributes, { eventName: 'faultline.lease.lost' });
    },
    released: (tenures) => {
      for (const tenure of tenures)
        logger.info(
          'lane released',
          { ...laneAttributes(tenure), 'faultline.epoch': tenure.epoch },
          { eventName: 'faultline.lease.released' },
        );
    },
    blocked: (tenure, reason, policy) =>
      logger.error(
        'lane can not go on, a bound is reached',
        { ...laneAttributes(tenure), 'faultline.reason': reason, 'faultline.policy': policy },
        { eventName: 'faultline.lane.blocked' },
      ),
    commanded: (tenure, action, requestedBy, result) =>
      logger.info(
        'park command carried out',
        { ...laneAttributes(tenure), 'faultline.action': action, 'faultline.requested_by': requestedBy, 'faultline.result': result },
        { eventName: 'faultline.park.command' },
      ),
    error: (what, error) =>
      logger.warn(`could not ${what}`, { 'exception.message': error instanceof Error ? error.message : String(error) }),
  };
};

const laneAttributes = ({ processor, version, lane }: Tenure) => ({
  'faultline.processor': processor,
  'faultline.processor.version': version,
  'faultline.lane': lane,
});

const consumerAttributes = (processor: string, { id, lane, position }: TracedEvent) => ({
  'messaging.system': 'faultline',
  'messaging.operation.type': 'process',
  'messaging.operation.name': 'process',
  'messaging.destination.name': 'events',
  'messaging.consumer.group.name': processor,
  'messaging.message.id': String(id),
  'messaging.destination.partition.id': String(lane),
  'faultline.position': position,
});

const context = (eventName: string, traceparent: string | null): { eventName: string; span?: SpanContext } => {
  const span = parseTraceparent(traceparent);
  return span === null ? { eventName } : { eventName, span };
};
