// The real driver and the real checkers against a target whose every fault is known: what they report must be what it did.
import { lost } from '../../checkers/lost.ts';
import { duplicateInLog } from '../../checkers/duplicate-in-log.ts';
import type { CheckResult } from '../../checkers/check.ts';
import { orderPerKey } from '../../checkers/order-per-key.ts';
import { recovered } from '../../checkers/recovered.ts';
import type { RunData } from '../../engine/run-data.ts';
import { driveStub, type Driven } from '../stub/drive-stub.ts';
import { goodStub, type StubCounts } from '../stub/stub-options.ts';
import type { Half, ToolCase } from './tool-case.ts';

export type StubRuns = {
  /** Answers after 200 ms, and does nothing wrong. */
  readonly slow: () => Promise<Driven>;
  /** Answers nothing for a second. */
  readonly frozen: () => Promise<Driven>;
  /** Loses, drops, duplicates and reorders. */
  readonly bad: () => Promise<Driven>;
};

const delayMs = 200;
const freeze = { afterMs: 1000, forMs: 1000 };
const shares = { loseShare: 0.05, dropShare: 0.03, duplicateShare: 0.04, reorderShare: 0.1 };

const once = <Value>(make: () => Promise<Value>): (() => Promise<Value>) => {
  let made: Promise<Value> | null = null;
  return () => (made ??= make());
};

/** Each is driven once, when it is first asked for. */
export const createStubRuns = (): StubRuns => ({
  slow: once(() => driveStub({ stub: { ...goodStub, delayMs }, seconds: 3, ratePerSecond: 100 })),
  frozen: once(() => driveStub({ stub: { ...goodStub, freeze }, seconds: 4, ratePerSecond: 200 })),
  bad: once(() => driveStub({ stub: { ...goodStub, ...shares, delayMs: 2 }, seconds: 4, ratePerSecond: 200 })),
});

/** Of latency: a twentieth of what is known, and what a busy machine of two cores adds to an answer. */
const tolerance = (ms: number): number => ms * 0.05 + 50;

const quantile = (values: readonly number[], share: number): number =>
  values[Math.min(values.length - 1, Math.ceil(share * values.length) - 1)] ?? NaN;

const latencies = ({ operations }: RunData): readonly number[] =>
  operations.map(({ doneAt, intendedAt }) => doneAt - intendedAt).toSorted((left, right) => left - right);

/** What a perfect client measures: who comes during the freeze waits for its end. */
const analytic = ({ operations }: RunData): readonly number[] =>
  operations
    .map(({ intendedAt }) => {
      const left = freeze.afterMs + freeze.forMs - intendedAt;
      return intendedAt >= freeze.afterMs && left > 0 ? left : 0;
    })
    .toSorted((left, right) => left - right);

const shownShares = [0.5, 0.9, 0.95, 0.99] as const;
/** What is rarer than one in ten is, without a freeze, the machine's doing. */
const judgedShares = { delay: [0.5, 0.9], freeze: shownShares } as const;
type Judged = keyof typeof judgedShares;

const compared = (measured: readonly number[], known: readonly number[], of: Judged) => {
  const judged: readonly number[] = judgedShares[of];
  const pairs = shownShares.map((share) => ({ share, is: quantile(measured, share), known: quantile(known, share) }));
  const holds = pairs.every(({ share, is, known: expected }) => !judged.includes(share) || Math.abs(is - expected) <= tolerance(expected));
  return { holds, said: pairs.map((pair) => `p${pair.share * 100} ${pair.is.toFixed(0)} ms (known ${pair.known.toFixed(0)})`).join(', ') };
};

type LatencyCase = {
  readonly of: Judged;
  readonly run: () => Promise<Driven>;
  /** Whose figures must not pass for those of `run`. */
  readonly other: () => Promise<Driven>;
  readonly known: (run: RunData) => readonly number[];
  readonly what: string;
};

const latencyCase = ({ of, run, other, known, what }: LatencyCase): ToolCase => {
  const half = (text: string, measured: () => Promise<Driven>, isSame: boolean): Half => ({
    what: `${what}: ${text}`,
    show: async () => {
      const { holds, said } = compared(latencies((await measured()).run), known((await run()).run), of);
      return { asItMust: holds === isSame, said };
    },
  });
  const green = half('within 5 % and 50 ms of what is known', run, true);
  return { name: `http driver: ${of}`, kind: 'driver', red: half('the figures of another target held against it', other, false), green };
};

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
    name,
    kind: 'stub',
    red: half(`a target that ${does}: each one is found`, bad, true),
    green: half('a target that does not: none', slow, false),
  };
};

export const driverTools = (runs: StubRuns): readonly ToolCase[] => [
  latencyCase({
    of: 'delay',
    run: runs.slow,
    other: runs.bad,
    known: ({ operations }) => operations.map(() => delayMs),
    what: `a target that answers after ${delayMs} ms`,
  }),
  latencyCase({
    of: 'freeze',
    run: runs.frozen,
    other: runs.slow,
    known: analytic,
    what: `a target that is frozen for ${freeze.forMs} ms under 200/s`,
  }),
  ...counted.map((each) => countCase(each, runs)),
];
