// What a checker is: a pure function from what is known of a run to a result. No I/O, no clock, no randomness; never throws for bad data in the history.
import type { RunData } from '../engine/run-data.ts';
import { type Shown, type Witness, witnessFrom } from './witness.ts';

export type Dimension = 'safety' | 'validity' | 'liveness' | 'expectation' | 'seen' | 'budget' | 'detection' | 'agreement';
export type CheckOutcome = 'pass' | 'fail' | 'inconclusive';

/** One concrete violation: what, and the operations, rows or samples that show it. */
export type Finding = { readonly message: string; readonly witness: Witness };

export type CheckResult = {
  /** `safety/lost`, `budget/ingest-p99@steady`: stable, used in JUnit and by the selftest. */
  readonly id: string;
  readonly dimension: Dimension;
  readonly outcome: CheckOutcome;
  /** A sentence for a reader who has never seen it: what was asked, and what was found. */
  readonly summary: string;
  readonly measured?: { readonly value: number | null; readonly unit: string; readonly bound?: string };
  /** At most 5 examples; `findingsTotal` counts all. */
  readonly findings: readonly Finding[];
  readonly findingsTotal: number;
};

export type CheckParameters = Readonly<Record<string, number | string | boolean | readonly string[]>>;
export type Check = (run: RunData, parameters: CheckParameters) => CheckResult | readonly CheckResult[];
/** Explicit map, wired in harness/cli: name -> check. */
export type CheckRegistry = ReadonlyMap<string, Check>;

const mostFindings = 5;

/** Counts every violation and keeps five, so that a run that is all wrong is still a small file. */
export type Findings = {
  add(message: string, shown?: Shown): void;
  readonly total: number;
  readonly kept: readonly Finding[];
};

export const createFindings = (): Findings => {
  const kept: Finding[] = [];
  let total = 0;
  let isTraced = false;
  return {
    add: (message, shown = {}) => {
      total += 1;
      const hasTrace = hasTracedOperation(shown);
      // The last place goes to the first example that can be followed in a trace, where none before it can.
      if (kept.length === mostFindings && (isTraced || !hasTrace)) return;
      if (kept.length === mostFindings) kept.pop();
      isTraced ||= hasTrace;
      kept.push({ message, witness: witnessFrom(shown) });
    },
    get total() {
      return total;
    },
    kept,
  };
};

const hasTracedOperation = ({ operations = [] }: Shown): boolean => operations.some(({ traceId }) => traceId !== null);

export type ResultId = `${Dimension}/${string}`;
type Measured = CheckResult['measured'];

/** A result of this outcome, with findings where there are any. */
export const conclude = (
  id: ResultId,
  outcome: CheckOutcome,
  summary: string,
  { findings, measured }: { findings?: Findings; measured?: Measured } = {},
): CheckResult => ({
  id,
  dimension: id.slice(0, id.indexOf('/')) as Dimension,
  outcome,
  summary,
  ...(measured === undefined ? {} : { measured }),
  findings: findings?.kept ?? [],
  findingsTotal: findings?.total ?? 0,
});

/** Any finding makes it a fail (or another outcome where given); none is a pass. */
export const concludeFrom = (
  id: ResultId,
  findings: Findings,
  say: { readonly good: string; readonly bad: string; readonly measured?: Measured; readonly whenBad?: CheckOutcome },
): CheckResult =>
  conclude(id, findings.total === 0 ? 'pass' : (say.whenBad ?? 'fail'), findings.total === 0 ? say.good : say.bad, {
    findings,
    measured: say.measured,
  });

/** A parameter that a scenario must give; throws (a harness error, not a verdict) where it is missing. */
export const numberFrom = (parameters: CheckParameters, name: string): number => {
  const value = parameters[name];
  if (typeof value === 'number' && Number.isFinite(value)) return value;
  throw new Error(`parameter ${name} must be a number, not ${JSON.stringify(value)}`);
};

/** A list that a scenario may give; none where it is left out. */
export const textsFrom = (parameters: CheckParameters, name: string): readonly string[] => {
  const value = parameters[name] ?? [];
  if (typeof value === 'object' && value.every((item) => typeof item === 'string')) return value;
  throw new Error(`parameter ${name} must be a list of strings, not ${JSON.stringify(value)}`);
};

export const textFrom = (parameters: CheckParameters, name: string): string => {
  const value = parameters[name];
  if (typeof value === 'string' && value !== '') return value;
  throw new Error(`parameter ${name} must be a non-empty string, not ${JSON.stringify(value)}`);
};

/** A text that a scenario may give; null where it is left out. */
export const optionalTextFrom = (parameters: CheckParameters, name: string): string | null =>
  parameters[name] === undefined ? null : textFrom(parameters, name);
