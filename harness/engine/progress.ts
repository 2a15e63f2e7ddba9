// What happens while a run goes on, as data: the console makes lines of it, a test makes assertions.
import type { ScenarioVerdict } from './verdict.ts';

/** Counted by the driver since the scenario's zero; p99 over the last seconds, from the intended time. */
export type TrafficProgress = {
  readonly phase: string;
  readonly planned: number;
  readonly total: number;
  readonly done: number;
  readonly ok: number;
  readonly failed: number;
  readonly unknown: number;
  readonly ratePerSecond: number;
  readonly p99Ms: number | null;
};

export type Progress =
  | {
      readonly kind: 'run-started';
      readonly id: string;
      readonly folder: string;
      readonly seed: number;
      readonly scenarios: readonly string[];
    }
  | { readonly kind: 'warning'; readonly text: string }
  | { readonly kind: 'ready'; readonly what: string; readonly afterMs: number; readonly detail?: string }
  | {
      readonly kind: 'scenario-started';
      readonly scenario: string;
      readonly title: string;
      readonly number: number;
      readonly of: number;
      readonly operations: number;
      readonly seconds: number;
    }
  | { readonly kind: 'phase'; readonly scenario: string; readonly phase: string; readonly seconds: number; readonly ratePerSecond: number }
  | { readonly kind: 'traffic'; readonly scenario: string; readonly traffic: TrafficProgress; readonly lag: number | null }
  | { readonly kind: 'fault'; readonly scenario: string; readonly fault: string; readonly text: string }
  | { readonly kind: 'step'; readonly scenario: string; readonly text: string }
  | { readonly kind: 'scenario-judged'; readonly scenario: string; readonly verdict: ScenarioVerdict; readonly seconds: number }
  | { readonly kind: 'scenario-failed'; readonly scenario: string; readonly message: string };

export type OnProgress = (progress: Progress) => void;
