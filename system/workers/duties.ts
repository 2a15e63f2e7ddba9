// What only one worker does: export the books, make the log's partitions ahead, forget old identities. It ends at once when the election is lost.
import type { AccountingTelemetry } from '../telemetry/accounting.ts';
import type { RetentionPolicy, Unread } from './log-retention.ts';
import type { Tenure } from './checkpoint.ts';
import type { DutiesStore } from './duties-store.ts';
import type { WorkerTelemetry } from './telemetry.ts';
import type { WorkerClock } from './worker-clock.ts';
import { createEffectsCount } from './count-effects.ts';
import type { Logger } from '../telemetry/logger.ts';

export type DutiesLease = {
  /** The lease is another's. */
  readonly onLost: () => void;
  /** When the lease was last asked for, of what was then answered as ours. */
  readonly provenAtMs: () => number;
};

export type DutiesOptions = DutiesLease & {
  readonly tenure: Tenure;
  readonly store: DutiesStore;
  /** Counters begin with the books, whoever exports them. */
  readonly startExport: (beganAtMs: number) => AccountingTelemetry;
  readonly exportIntervalMs: number;
  readonly dedupeWindowHours: number;
  readonly dedupeRowBound: number;
  readonly retention: RetentionPolicy;
  readonly clock: WorkerClock;
  readonly logger: Pick<Logger, 'info' | 'error'>;
  readonly telemetry: Pick<WorkerTelemetry, 'error'>;
  readonly leaseMs: number;
};

export type Duties = { stop(): Promise<void> };

/** Longer than any statement of ours may run whose snapshot is not left out, as those of the count, of comparisons and of indexes in the making are: somebody else holds it. */
const oldSnapshotSeconds = 60;
const alarmEveryMs = 60_000;

export const startDuties = (options: DutiesOptions): Duties => {
  const { store, clock } = options;
  const stopping = new AbortController();
  const { signal } = stopping;
  let books: AccountingTelemetry | null = null;
  const effects = createEffectsCount(options, signal);
  const alarms = createAlarms(options);

  const exportBooks = async () => {
    const startedAtMs = clock.nowMs();
    const moment = effects.begin();
    const reading = await store.readBooks(options.tenure.epoch);
    await moment;
    if (signal.aborted) return;
    if (reading === null) return lose();
    alarms.look(reading);
    books ??= options.startExport(reading.beganAtMs);
    void books.push({ readAtMs: startedAtMs, entries: effects.complete(reading.entries) });
  };
  /** Of all workers one speaks under the name of the books: who may have lost the lease without a word is silent, and that is seen. */
  const reportAge = () => {
    if (clock.nowMs() < options.provenAtMs() + options.leaseMs) void books?.reportAge();
  };
  const lose = () => {
    stopping.abort();
    books?.stop();
    options.onLost();
  };
  const every = async (what: string, intervalMs: number, step: () => Promise<unknown>, onError?: () => void) => {
    while (!signal.aborted) {
      const startedAtMs = clock.nowMs();
      await step().catch((error: unknown) => {
        if (signal.aborted) return;
        options.telemetry.error(what, error);
        onError?.();
      });
      await clock.sleep(Math.max(0, intervalMs - (clock.nowMs() - startedAtMs)), signal).catch(() => {});
    }
  };
  const { compareNext, removeNext, eraseNext } = createLongChores(options, signal);
  const ended = Promise.all([
    every('erase objects', 500, eraseNext),
    every('compare versions', 500, compareNext),
    every('remove what was given up', 1000, removeNext),
    every('read the books', options.exportIntervalMs, exportBooks, reportAge),
    every('make partitions of the log', 600_000, () => store.makePartitions()),
    every('make the index of the counts', 600_000, () => store.makeCountsIndex(signal)),
    every('drop what is past retention', 600_000, () => dropPast(options, alarms)),
    every('forget identities past the window', 10_000, () => forget(options, signal)),
    every('tidy small tables', 60_000, () => store.tidy()),
    every('close commands on keys that are not parked', 2000, () => store.closeIdleCommands()),
    every('close recovery commands that nobody closed', 2000, () => store.closeIdleRecoveries()),
  ]);
  return {
    stop: async () => {
      stopping.abort();
      books?.stop();
      await ended;
    },
  };
};

/** A share of the table each time: short deletes with room between them. */
const forget = async ({ store, clock, dedupeWindowHours }: DutiesOptions, signal: AbortSignal): Promise<void> => {
  while (!signal.aborted && (await store.forgetIdentities(dedupeWindowHours))) await clock.sleep(20, signal);
};

const dropPast = async ({ store, retention, logger }: DutiesOptions, alarms: Alarms): Promise<void> => {
  const { dropped, waits } = await store.dropPast(retention);
  for (const partition of dropped)
    logger.info('a day of the log was dropped', { 'faultline.log.partition': partition }, { eventName: 'faultline.log.dropped' });
  if (waits !== null) alarms.retentionWaits(waits);
};

type Alarms = ReturnType<typeof createAlarms>;

/** What may take minutes goes in short steps, with room between them. */
const createLongChores = ({ store, clock, logger }: DutiesOptions, signal: AbortSignal) => {
  const whileMore = (step: () => Promise<boolean>) => async () => {
    while (!signal.aborted && (await step())) await clock.sleep(10, signal);
  };
  /** Told by number and counts: whose data it was stays in the database. */
  const erase = async () => {
    const { isMore, finished } = await store.eraseNext();
    if (finished !== null) {
      const what = { 'faultline.erasure': finished.erasure, 'faultline.dry_run': finished.isDryRun, 'faultline.rows': finished.rows };
      logger.info('erasure done', what, { eventName: 'faultline.erasure.done' });
    }
    return isMore;
  };
  return {
    compareNext: whileMore(() => store.compareVersions()),
    removeNext: whileMore(() => store.removeDropped()),
    eraseNext: whileMore(erase),
  };
};

/** At error level, once a minute while it lasts. */
const createAlarms = ({ clock, logger, dedupeRowBound }: DutiesOptions) => {
  const lastAt = new Map<string, number>();
  const alarm = (name: string, body: string, attributes: Record<string, string | number>) => {
    const nowMs = clock.nowMs();
    if (nowMs - (lastAt.get(name) ?? -Infinity) < alarmEveryMs) return;
    lastAt.set(name, nowMs);
    logger.error(body, attributes, { eventName: name });
  };
  return {
    retentionWaits: ({ partition, readers }: Unread) =>
      alarm('faultline.retention.waits', 'a day of the log is past retention and stays: not all have read it', {
        'faultline.log.partition': partition,
        'faultline.readers': readers.slice(0, 10).join(', '),
      }),
    look: ({ identitiesRows, oldestSnapshotSeconds }: { identitiesRows: number; oldestSnapshotSeconds: number }) => {
      if (identitiesRows > dedupeRowBound)
        alarm(
          'faultline.identities.over_bound',
          'the dedupe window holds more rows than its bound: nothing is forgotten early, the table grows',
          {
            'faultline.identities.rows': identitiesRows,
            'faultline.identities.bound': dedupeRowBound,
          },
        );
      if (oldestSnapshotSeconds > oldSnapshotSeconds)
        alarm(
          'faultline.database.old_snapshot',
          'a snapshot is held for long: counter rows bloat and appends slow down; end the transaction',
          {
            'faultline.database.oldest_snapshot_age': oldestSnapshotSeconds,
          },
        );
    },
  };
};
