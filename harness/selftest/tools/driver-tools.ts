// The real driver and the real checkers against a target whose every fault is known: what they report must be what it did.
import { lost } from '../../checkers/lost.ts';
import { duplicateInLog } from '../../checkers/duplicate-in-log.ts';
import type { CheckResult } from '../../checkers/check.ts';
import { orderPerKey } from '../../checkers/order-per-key.ts';
import { recovered } from '../../checkers/recovered.ts';
import type { RunData } from '../../engine/run-data.ts';
import { k6Missing, lookForK6 } from '../../drivers/k6/find-k6.ts';
import { byK6 } from '../stub/drive-by-k6.ts';
import { driveStub, type Driven } from '../stub/drive-stub.ts';
import { goodStub, type StubCounts } from '../stub/stub-options.ts';
import type { Half, ToolCase } from './tool-case.ts';

export type StubRuns = {
  /** Answers after 200 ms, and does nothing wrong. */
  readonly slow: () => Promise<Driven>;
  /** Answers nothing for a second. */
  readonly frozen: () => Promise<Driven>;
  /** The same two, sent to by k6. */
  readonly slowByK6: () => Promise<Driven>;
  readonly frozenByK6: () => Promise<Driven>;
  /** Loses, drops, duplicates and reorders. */
  readonly bad: () => Promise<Driven>;
};

const delayMs = 200;
const freeze = { afterMs: 1000, forMs: 1000 };
const shares = { loseShare: 0.05, dropShare: 0.03, duplicateShare: 0.04, reorderShare: 0.1 };

const slow = { stub: { ...goodStub, delayMs }, seconds: 2, ratePerSecond: 100 };
const frozen = { stub: { ...goodStub, freeze }, seconds: 3, ratePerSecond: 200 };

const once = <Value>(make: () => Promise<Value>): (() => Promise<Value>) => {
  let made: Promise<Value> | null = null;
  return () => (made ??= make());
};

/** Each is driven once, when it is first asked for. */
export const createStubRuns = (): StubRuns => ({
  slow: once(() => driveStub(slow)),
  frozen: once(() => driveStub(frozen)),
  slowByK6: once(() => driveStub({ ...slow, startDriver: byK6 })),
  frozenByK6: once(() => driveStub({ ...frozen, startDriver: byK6 })),
  bad: once(() => driveStub({ stub: { ...goodStub, ...shares, delayMs: 2 }, seconds: 3, ratePerSecond: 200 })),
});

/** Of latency: a twentieth of what the target itself says, and what a busy machine of two cores adds on the way back. */
const tolerance = (ms: number): number => ms * 0.05 + 50;
/** A timer may ring a little before its time, by the clock of another process. */
const earlyMs = 5;

const quantile = (values: readonly number[], share: number): number =>
  values[Math.min(values.length - 1, Math.ceil(share * values.length) - 1)] ?? NaN;
const sorted = (values: readonly number[]): readonly number[] => values.toSorted((left, right) => left - right);

const measured = ({ run }: Driven): readonly number[] => sorted(run.operations.map(({ doneAt, intendedAt }) => doneAt - intendedAt));

/** By the target's own record, from the moment at which each was due: what a client measures that is never late itself. */
const recorded = ({ run: { operations, timeline }, answeredAt }: Driven): readonly number[] =>
  sorted(operations.map(({ idempotencyKey, intendedAt }) => (answeredAt[idempotencyKey] ?? NaN) - timeline.zeroAt - intendedAt));

/** What the target was told to do: nobody can have been answered sooner. */
const least = {
  delay: () => delayMs,
  freeze: (intendedAt: number) => (intendedAt < freeze.afterMs ? 0 : Math.max(0, freeze.afterMs + freeze.forMs - intendedAt)),
} as const;
type Known = keyof typeof least;

const toldOf = ({ run }: Driven, known: Known): readonly number[] =>
  sorted(run.operations.map(({ intendedAt }) => least[known](intendedAt)));
const isNeverSooner = ({ run }: Driven, known: Known): boolean =>
  run.operations.filter(({ doneAt, intendedAt }) => doneAt - intendedAt < least[known](intendedAt) - earlyMs).length === 0;

const shownShares = [0.5, 0.9, 0.95, 0.99] as const;

const compare = (figures: readonly number[], target: Driven, known: Known) => {
  const [record, told] = [recorded(target), toldOf(target, known)];
  const pairs = shownShares.map((share) => ({
    share,
    is: quantile(figures, share),
    must: quantile(record, share),
    told: quantile(told, share),
  }));
  const holds = pairs.every(({ is, must }) => Math.abs(is - must) <= tolerance(must));
  const said = pairs.map(
    ({ share, is, must, told: plan }) => `p${share * 100} ${is.toFixed(0)} ms (it did ${must.toFixed(0)}, was told ${plan.toFixed(0)})`,
  );
  return { holds, said: said.join(', ') };
};

type LatencyCase = {
  readonly driver: 'http' | 'k6';
  readonly known: Known;
  readonly run: () => Promise<Driven>;
  readonly other: () => Promise<Driven>;
  readonly what: string;
};

/** `other`: whose figures must not pass for those of `run`. */
const latencyCase = ({ driver, known, run, other, what }: LatencyCase): ToolCase => ({
  name: `${driver} driver: ${known}`,
  kind: 'driver',
  ...(driver === 'k6' ? { lacks: () => (lookForK6(process.env) === null ? k6Missing(process.env).message : null) } : {}),
  red: {
    what: `${what}: the figures of another target held against it`,
    show: async () => {
      const { holds, said } = compare(measured(await other()), await run(), known);
      return { asItMust: !holds, said };
    },
  },
  green: {
    what: `${what}: within 5 % and 50 ms of what it did, and never sooner than it was told`,
    show: async () => {
      const driven = await run();
      const { holds, said } = compare(measured(driven), driven, known);
      return { asItMust: holds && isNeverSooner(driven, known), said };
    },
  },
});

type Counted = {
  readonly name: string;
  readonly check: (run: RunData) => CheckResult;
  readonly count: keyof StubCounts;
  readonly does: string;
};

const counted: readonly Counted[] = [
  { name: 'loss', check: lost, count: 'lost', does: 'answers 200 to 5 % and keeps nothing' },
  { name: 'lost answers', check: recovered, count: 'dropped', does: 'keeps 3 % and closes the connection' },
  { name: 'duplicates', check: duplicateInLog, count: 'duplicated', does: 'keeps 4 % twice' },
  { name: 'reordering', check: orderPerKey, count: 'reordered', does: 'applies 10 % before their predecessors' },
];

/** Recovered events that were also kept twice are violations of another kind; their number is the measured one. */
const foundBy = (result: CheckResult, name: string): number =>
  name === 'lost answers' ? (result.measured?.value ?? NaN) : result.findingsTotal;

const countCase = ({ name, check, count, does }: Counted, { bad, slow }: StubRuns): ToolCase => {
  const half = (what: string, drive: () => Promise<Driven>, isSome: boolean): Half => ({
    what,
    show: async () => {
      const { run, counts } = await drive();
      const found = foundBy(check(run), name);
      return {
        asItMust: found === counts[count] && found > 0 === isSome,
        said: `${found} found, ${counts[count]} done of ${counts.received}`,
      };
    },
  });
  return {
    name: `stub: ${name}`,
    kind: 'stub',
    red: half(`a target that ${does}: each one is found`, bad, true),
    green: half('a target that does not: none', slow, false),
  };
};

const delayed = { known: 'delay', what: `a target that answers after ${delayMs} ms` } as const;
const standing = { known: 'freeze', what: `a target that is frozen for ${freeze.forMs} ms under 200/s` } as const;

export const driverTools = (runs: StubRuns): readonly ToolCase[] => [
  latencyCase({ driver: 'http', ...delayed, run: runs.slow, other: runs.bad }),
  latencyCase({ driver: 'http', ...standing, run: runs.frozen, other: runs.slow }),
  latencyCase({ driver: 'k6', ...delayed, run: runs.slowByK6, other: runs.frozenByK6 }),
  latencyCase({ driver: 'k6', ...standing, run: runs.frozenByK6, other: runs.slowByK6 }),
  ...counted.map((each) => countCase(each, runs)),
];
