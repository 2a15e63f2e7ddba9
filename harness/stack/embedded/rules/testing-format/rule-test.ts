// A file of rule tests, read. Times are milliseconds from the test's start.
import type { Labels } from '../../promql/labels.ts';
import type { TextMap } from '../rule.ts';
import type { SeriesValue } from './parse-values.ts';

export type InputSeries = { readonly labels: Labels; readonly values: readonly SeriesValue[] };

export type ExpectedAlert = { readonly labels: TextMap; readonly annotations: TextMap };

export type AlertTest = { readonly evalTimeMs: number; readonly alertname: string; readonly expected: readonly ExpectedAlert[] };

export type ExpectedSample = { readonly labels: Labels; readonly value: number };

export type ExpressionTest = { readonly evalTimeMs: number; readonly expression: string; readonly expected: readonly ExpectedSample[] };

export type TestGroup = {
  readonly name: string;
  /** Between the values of a series. */
  readonly intervalMs: number;
  readonly startMs: number;
  readonly series: readonly InputSeries[];
  readonly alertTests: readonly AlertTest[];
  readonly expressionTests: readonly ExpressionTest[];
  readonly externalLabels: TextMap;
  readonly externalUrl: string;
};

export type RuleTestFile = {
  /** As written: names and patterns, seen from the file's folder. */
  readonly ruleFiles: readonly string[];
  readonly evaluationIntervalMs: number;
  readonly groupOrder: readonly string[];
  /** Numbers that are neighbours count as equal. */
  readonly fuzzy: boolean;
  readonly tests: readonly TestGroup[];
};
