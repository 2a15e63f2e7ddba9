// The verdict: three-valued, with its reasons. verdict.json of a scenario and of a run.
import type { CheckOutcome, CheckResult } from '../checkers/check.ts';
import type { FiredAlert } from './fired-alerts.ts';

export type Verdict = CheckOutcome;

export type ScenarioVerdict = {
  readonly format: 1;
  readonly scenario: string;
  readonly title: string;
  readonly seed: number;
  readonly verdict: Verdict;
  readonly durationSeconds: number;
  readonly counts: {
    readonly operations: number;
    readonly ok: number;
    readonly failed: number;
    readonly unknown: number;
    readonly duplicatesSent: number;
    readonly refusedByCode: Readonly<Record<string, number>>;
    readonly eventsAcknowledged: number;
    readonly eventsInLog: number;
    readonly deadLetters: number;
  };
  readonly faults: readonly {
    readonly fault: string;
    readonly kind: string;
    readonly tookEffect: boolean;
    readonly healed: boolean;
    readonly evidence: readonly string[];
  }[];
  /** What the two witnesses said of the same thing. */
  readonly compared: readonly {
    readonly signal: string;
    readonly history: number;
    readonly telemetry: number | null;
    readonly tolerance: string;
    readonly agrees: boolean;
  }[];
  /** The alerts that fired, expected or not. */
  readonly alerts: readonly FiredAlert[];
  readonly results: readonly CheckResult[];
  /** The system under test, where it is not faultline itself. */
  readonly target?: string;
  /** What was not judged, for the target does not offer what it needs: the verdict says nothing of it. */
  readonly notPossible?: readonly NotPossible[];
};

export type NotPossible = { readonly check: string; readonly why: string };

export type RunVerdict = {
  readonly format: 1;
  readonly run: string;
  readonly verdict: Verdict;
  readonly exitCode: 0 | 1 | 2 | 3;
  readonly scenarios: readonly ScenarioVerdict[];
  /** Scenarios that could not be run or judged at all, with the reason: a harness error, never green. */
  readonly errors: readonly { readonly scenario: string; readonly message: string }[];
};

/** Over several scenarios the order is fail 1, harness error 3, inconclusive 2, pass 0. */
export const exitCodeOf = (verdicts: readonly Verdict[], errors: number): 0 | 1 | 2 | 3 => {
  if (verdicts.includes('fail')) return 1;
  if (errors > 0) return 3;
  if (verdicts.includes('inconclusive') || verdicts.length === 0) return 2;
  return 0;
};

/** A proven violation of a promise is always `fail`; doubt about validity only withholds `pass`. */
export const verdictOf = (results: readonly CheckResult[]): Verdict => {
  if (results.some((result) => result.outcome === 'fail')) return 'fail';
  if (results.length === 0 || results.some((result) => result.outcome === 'inconclusive')) return 'inconclusive';
  return 'pass';
};
