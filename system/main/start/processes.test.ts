import { expect, test } from 'vitest';
import { planSystem, type PlanContext } from './processes.ts';

const context: PlanContext = {
  options: { ingest: 1, workers: 2 },
  port: 4000,
  queryPort: 4001,
  processors: [],
  databaseUrl: 'postgresql://db',
  environment: { FAULTLINE_LANES: '4', FAULTLINE_PORT: '9' },
};

test('every process gets the database, its own port, and what the user set', () => {
  const { ingest, workers, query } = planSystem(context);
  expect(ingest.map(({ name }) => name)).toEqual(['ingest']);
  expect(workers.map(({ name }) => name)).toEqual(['worker 1', 'worker 2']);
  expect([...ingest, ...workers, ...query].map(({ environment }) => environment['FAULTLINE_PORT'])).toEqual(['4000', '0', '0', '4001']);
  for (const { environment } of [...ingest, ...workers, ...query]) {
    expect(environment).toMatchObject({ DATABASE_URL: 'postgresql://db', FAULTLINE_LANES: '4' });
  }
});

test('several ingest processes share the one port; a single one does not', () => {
  const shares = (count: number) =>
    planSystem({ ...context, options: { ingest: count, workers: 1 } }).ingest.map(({ environment }) => environment['FAULTLINE_REUSE_PORT']);
  expect(shares(1)).toEqual(['false']);
  expect(shares(2)).toEqual(['true', 'true']);
});

test("a team's own processors are for the workers alone", () => {
  const { ingest, workers, query } = planSystem({ ...context, processors: ['a.ts', 'b.ts'] });
  expect(workers.map(({ environment }) => environment['FAULTLINE_PROCESSORS'])).toEqual(['a.ts,b.ts', 'a.ts,b.ts']);
  for (const { environment } of [...ingest, ...query]) expect(environment).not.toHaveProperty('FAULTLINE_PROCESSORS');
});
