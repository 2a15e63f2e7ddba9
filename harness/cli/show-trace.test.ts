import { expect, test } from 'vitest';
import { simulateRun } from '../checkers/testing/simulated-run.ts';
import { showTrace } from './show-trace.ts';

const run = simulateRun();
const traced = run.operations.find(({ traceId }) => traceId !== null)!;

test('a trace is shown with its operation, its rows and what the log said', () => {
  const text = showTrace(run, traced.traceId!)!;
  expect(text).toContain(`op ${traced.op} at ${traced.handedAt} ms: first of event ${traced.event}`);
  for (const part of ['row log ', 'row event ', 'row timeline-entry ', 'log INFO ingest: event accepted', `--seed ${run.plan.seed} --keep`])
    expect(text).toContain(part);
});

test('of a trace that nobody carried there is nothing to show', () => {
  expect(showTrace(run, 'f'.repeat(32))).toBeNull();
});
