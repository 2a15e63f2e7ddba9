// Takes slices of files, and settles them line by line at the pace that live traffic leaves. One slice at a time: what it does of it is bounded in time, and
// where it stopped is in the ledger, so that whoever sends lines only has to go on from there.
import { importLimits, type SettledLines } from '../../contract/imports.ts';
import { isSystemError } from '../../contract/system-error.ts';
import type { Refusal } from '../../ingest/refusal.ts';
import type { ImportBatch, ImportLedger, OpenImport, SettledBatch } from './import-ledger.ts';
import { createImportQuotas } from './import-quotas.ts';
import { keptRefusal } from './kept-refusal.ts';
import { createLineReader, type ImportLine } from './read-lines.ts';
import { createRecordCutter } from './records.ts';
import type { Throttle } from './throttle.ts';

export type ImportRunnerOptions = {
  readonly ledger: ImportLedger;
  readonly throttle: Throttle;
  readonly clock: { nowMs(): number; sleep(delayMs: number): Promise<void> };
  readonly newIdentity: (nowMs: number) => string;
  /** Bytes that the database may take on disk; 0: no budget. */
  readonly diskBudgetBytes: number;
  /** What was done again, for the log. */
  readonly onTrouble: (error: unknown) => void;
};

export type Slice = { readonly tenant: string; readonly name: string; readonly fromLine: number; readonly bytes: Buffer };

export type SliceEnd =
  | ({ readonly kind: 'settled' } & SettledLines)
  | { readonly kind: 'unknown_import' }
  | { readonly kind: 'beyond_the_end'; readonly lines: number }
  /** Nothing was settled: the tenant's quota lets none of the lines in within a slice's time. */
  | { readonly kind: 'over_quota'; readonly refusal: Refusal };

export type ImportRunner = {
  /** Rejects with a SystemError FL_STREAM_* of the database's trouble. */
  settle(slice: Slice): Promise<SliceEnd>;
};

const lookEveryMs = 200;
const weighEveryMs = 2000;
const attempts = 5;

export const createImportRunner = (options: ImportRunnerOptions): ImportRunner => {
  const { ledger, throttle, clock } = options;
  const pacer = createPacer(options);

  const settleAll = async (open: OpenImport, lines: readonly ImportLine[]): Promise<SettledBatch> => {
    const endsAtMs = clock.nowMs() + importLimits.sliceMs;
    let last: SettledBatch = { moved: false, state: open.state, nextLine: open.nextLine, appended: 0, duplicates: 0, refused: 0 };
    for (let at = 0; at < lines.length && clock.nowMs() < endsAtMs;) {
      const batch = await pacer.next(open.tenant, takeBatch(lines, at, throttle.ratePerSecond()), endsAtMs);
      if (batch === null) break;
      const began = clock.nowMs();
      const settled = await settleBatch(options, open, batch);
      pacer.committed(clock.nowMs() - began);
      last = sum(last, settled);
      if (!settled.moved || settled.state !== 'running') break;
      at += batch.length;
    }
    return last;
  };
  return {
    settle: async ({ tenant, name, fromLine, bytes }) => {
      const open = await ledger.find(tenant, name);
      if (open === null) return { kind: 'unknown_import' };
      throttle.turnTo(open);
      pacer.begin(open);
      if (!(await becomesReady(options))) return { kind: 'settled', ...standing(open), rate_per_second: 0, brake: 'index' };
      const records = open.state === 'running' && fromLine <= open.nextLine ? cutAll(open, fromLine, bytes) : [];
      const last = records.at(-1);
      if (last !== undefined && last.line + last.lines > open.lines + 1) return { kind: 'beyond_the_end', lines: open.lines };
      const read = createLineReader({ ...open, newIdentity: options.newIdentity });
      const lines = read(
        records.filter(({ line }) => line >= open.nextLine),
        clock.nowMs(),
      );
      const settled = await settleAll(open, lines);
      const { state, nextLine, appended, duplicates, refused } = settled;
      const refusal = pacer.refusal();
      if (refusal !== null && nextLine === open.nextLine) return { kind: 'over_quota', refusal };
      return { kind: 'settled', state, next_line: nextLine, appended, duplicates, refused, ...pacer.pace() };
    },
  };
};

const standing = ({ state, nextLine }: OpenImport) => ({ state, next_line: nextLine, appended: 0, duplicates: 0, refused: 0 });

const becomesReady = async ({ ledger, clock }: ImportRunnerOptions): Promise<boolean> => {
  for (const endsAtMs = clock.nowMs() + importLimits.sliceMs; ; await clock.sleep(lookEveryMs)) {
    if (await ledger.ready()) return true;
    if (clock.nowMs() >= endsAtMs) return false;
  }
};

const cutAll = ({ format, mapping }: OpenImport, fromLine: number, bytes: Buffer) => {
  const cutter = createRecordCutter(format, fromLine, mapping?.delimiter);
  return [...cutter.push(bytes), ...cutter.end()];
};

const createPacer = ({ ledger, throttle, clock, diskBudgetBytes }: ImportRunnerOptions) => {
  const quotas = createImportQuotas(clock.nowMs);
  let refusal: Refusal | null = null;
  let lookedAtMs = -Infinity;
  let weighedAtMs = -Infinity;
  let isFull = false;
  let longestCommitMs: number | null = null;
  const look = async () => {
    if (clock.nowMs() - lookedAtMs < lookEveryMs) return;
    const lagMs = await ledger.lagMs();
    throttle.observe({ lagMs, commitMs: longestCommitMs });
    longestCommitMs = null;
    lookedAtMs = clock.nowMs();
    if (diskBudgetBytes === 0 || lookedAtMs - weighedAtMs < weighEveryMs) return;
    isFull = (await ledger.usedBytes()) >= diskBudgetBytes;
    weighedAtMs = lookedAtMs;
  };
  /** False: not before the slice's time is up. */
  const wait = async (lines: number, endsAtMs: number): Promise<boolean> => {
    for (;;) {
      await look();
      const waitMs = isFull ? null : throttle.take(lines, endsAtMs - clock.nowMs());
      if (waitMs !== null) {
        if (waitMs > 0) await clock.sleep(waitMs);
        return true;
      }
      if (clock.nowMs() >= endsAtMs) return false;
      await clock.sleep(lookEveryMs);
    }
  };
  return {
    begin: (open: OpenImport) => {
      quotas.know(open);
      refusal = null;
    },
    /** Those of the lines that may go now. null: none before the slice's time is up. */
    next: async (tenant: string, lines: readonly ImportLine[], endsAtMs: number): Promise<readonly ImportLine[] | null> => {
      if (!(await wait(lines.length, endsAtMs))) return null;
      for (;;) {
        const taken = quotas.take(tenant, lines);
        if (!('code' in taken)) return taken;
        refusal = taken;
        // Storage does not come back within seconds: whoever waited for it would keep others from the thread.
        if (taken.code === 'storage_quota_exceeded' || clock.nowMs() + lookEveryMs > endsAtMs) return null;
        await clock.sleep(lookEveryMs);
      }
    },
    /** Why lines of this slice had to wait; null: they had not. */
    refusal: () => refusal,
    pace: (): Pick<SettledLines, 'rate_per_second' | 'brake'> => {
      if (isFull) return { rate_per_second: 0, brake: 'disk' };
      return { rate_per_second: throttle.ratePerSecond(), brake: throttle.brake() ?? (refusal === null ? null : 'quota') };
    },
    committed: (tookMs: number) => {
      longestCommitMs = Math.max(longestCommitMs ?? 0, tookMs);
    },
  };
};

/** As many lines as one commit takes, and as one block of ids reaches over; no more than a second's worth, or a slow import would not move in a slice's time. */
const takeBatch = (lines: readonly ImportLine[], at: number, ratePerSecond: number): readonly ImportLine[] => {
  const first = lines[at]!.line;
  const most = lines.slice(at, at + Math.min(importLimits.commitLines, Math.max(1, ratePerSecond)));
  const beyond = most.findIndex(({ line }) => line - first >= importLimits.commitSpan);
  return beyond === -1 ? most : most.slice(0, beyond);
};

/** Received when their turn has come: what lines wait for live events before is no delay of processors, and counts in no freshness. */
const batchOf = (lines: readonly ImportLine[], receivedAtMs: number): ImportBatch => {
  const last = lines.at(-1)!;
  const receivedAt = new Date(receivedAtMs).toISOString();
  return {
    fromLine: lines[0]!.line,
    nextLine: last.line + last.lines,
    events: lines.flatMap(({ line, event }) => (event === null ? [] : [{ ...event, receivedAt, line }])),
    refusals: lines.flatMap(({ line, refusal }) => (refusal === null ? [] : [{ ...keptRefusal(refusal), line }])),
  };
};

const settleBatch = async (options: ImportRunnerOptions, open: OpenImport, lines: readonly ImportLine[]): Promise<SettledBatch> => {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await options.ledger.settle(open, batchOf(lines, options.clock.nowMs()));
    } catch (error) {
      if (!isSystemError(error)) throw error;
      if (error.code === 'FL_STREAM_DATA_REFUSED' && !isRefusedAlone(lines)) return settleApart(options, open, lines);
      // The ledger says whether it was settled: the same lines again are safe.
      if (error.code === 'FL_STREAM_UNREACHABLE' || error.code === 'FL_STREAM_DATA_REFUSED' || attempt === attempts) throw error;
      options.onTrouble(error);
      await options.clock.sleep(20 * 2 ** attempt);
    }
  }
};

const notStorable = {
  code: 'internal',
  place: null,
  reason: 'The database refused the event, which admission let pass: a defect of ours.',
} as const;

/** What is refused even so is not the event: the same again would not end. */
const isRefusedAlone = (lines: readonly ImportLine[]): boolean => lines.length === 1 && lines[0]!.refusal === notStorable;

/** One line that the database refuses must not hold the others up: halved until it is alone. In order, for the ledger moves in order. */
const settleApart = async (options: ImportRunnerOptions, open: OpenImport, lines: readonly ImportLine[]): Promise<SettledBatch> => {
  if (lines.length === 1) return settleBatch(options, open, [{ ...lines[0]!, event: null, refusal: notStorable }]);
  const first = await settleBatch(options, open, lines.slice(0, lines.length >> 1));
  if (!first.moved || first.state !== 'running') return first;
  return sum(first, await settleBatch(options, open, lines.slice(lines.length >> 1)));
};

const sum = (before: SettledBatch, now: SettledBatch): SettledBatch => ({
  moved: now.moved,
  state: now.state,
  nextLine: now.nextLine,
  appended: before.appended + now.appended,
  duplicates: before.duplicates + now.duplicates,
  refused: before.refused + now.refused,
});
