import { expect, test } from 'vitest';
import { conclude, createFindings } from './check.ts';
import { withWitnesses } from './complete-witness.ts';
import { lost } from './lost.ts';
import { duplicateInLog } from './duplicate-in-log.ts';
import { simulateRun, withRows } from './testing/simulated-run.ts';

const run = simulateRun();
const traced = run.operations.find(({ traceId }) => traceId !== null)!;
const untraced = run.operations.filter(({ traceId }) => traceId === null);
const openTrace = (traceId: string): string => `open ${traceId}`;

test('five examples are kept, and all are counted', () => {
  const findings = createFindings();
  for (const operation of untraced.slice(0, 37)) findings.add(`op ${operation.op}`, { operations: [operation] });
  expect([findings.total, findings.kept.length]).toEqual([37, 5]);
});

test('where none of the first can be followed in a trace, the last example is the first that can', () => {
  const findings = createFindings();
  for (const operation of [...untraced.slice(0, 9), traced, ...untraced.slice(9, 12)])
    findings.add(`op ${operation.op}`, { operations: [operation] });
  expect(findings.kept.map(({ witness }) => witness.traces.length)).toEqual([0, 0, 0, 0, 1]);
  expect(findings.total).toBe(13);
});

test('an example shows few operations, and says how many it left out', () => {
  const findings = createFindings();
  findings.add('many', { operations: untraced.slice(0, 10), rows: run.finalState.slice(0, 3) });
  expect(findings.kept[0]?.witness).toMatchObject({ left: { operations: 6 } });
  expect(findings.kept[0]?.witness.operations).toHaveLength(4);
  expect(findings.kept[0]?.witness.rows).toHaveLength(3);
});

test('a lost event that was traced comes with its operation, its trace, how to open it, and what the log said', () => {
  const gone = lost(withRows(run, 'log', (rows) => rows.filter(({ idempotencyKey }) => idempotencyKey !== traced.idempotencyKey)));
  const [result] = withWitnesses(run, [gone], openTrace);
  expect(result?.findings[0]?.witness).toMatchObject({
    operations: [{ op: traced.op, outcome: 'ok', status: 200 }],
    traces: [{ traceId: traced.traceId, open: `open ${traced.traceId}` }],
    logs: [{ service: 'ingest', line: 'event accepted', traceId: traced.traceId }],
  });
});

test('rows without an operation come with who sent them', () => {
  const [row] = run.finalState.filter((each) => each.kind === 'log');
  const twice = withRows(run, 'log', (rows) => [...rows, { ...row!, position: 9_000, id: 9_000_000 }]);
  const [result] = withWitnesses(twice, [duplicateInLog(twice)], openTrace);
  expect(result?.findings[0]?.witness.rows).toHaveLength(2);
  expect(result?.findings[0]?.witness.operations[0]?.idempotencyKey).toBe(row?.idempotencyKey);
});

test('an example without operations or rows, and a check that passed, stay as they are', () => {
  const findings = createFindings();
  findings.add('late');
  const results = [conclude('safety/lost', 'pass', ''), conclude('validity/generator', 'inconclusive', '', { findings })];
  const [good, bad] = withWitnesses(run, results, openTrace);
  expect(good).toBe(results[0]);
  expect(bad?.findings).toEqual([{ message: 'late', witness: { operations: [], rows: [], traces: [], logs: [] } }]);
});
