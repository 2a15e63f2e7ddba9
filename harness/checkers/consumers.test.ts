import { expect, test } from 'vitest';
import type { RunData } from '../engine/run-data.ts';
import { cutRecords } from '../history/consumed-history.ts';
import type { ConsumedLine } from '../history/consumed-line.ts';
import { agreement } from './agreement.ts';
import { checkpointNeverAhead } from './checkpoint-never-ahead.ts';
import type { CheckResult } from './check.ts';
import { consumedAtLeastOnce } from './consumed-at-least-once.ts';
import { consumedInOrder } from './consumed-in-order.ts';
import { consumerFencingSeen } from './consumer-fencing-seen.ts';
import { consumerLag } from './consumer-lag.ts';
import { consumerRedeliveriesSeen } from './consumer-redeliveries-seen.ts';
import { consumerZombieFenced } from './consumer-zombie-fenced.ts';
import { givenUnderLease } from './given-under-lease.ts';
import { redeliveryBounded } from './redelivery-bounded.ts';
import { withConsumers } from './testing/simulated-consumers.ts';
import { type SimulatedRun, simulateRun, withRows, zeroAt } from './testing/simulated-run.ts';

const base = withConsumers(simulateRun());
const rows = base.consumed!.rows;

const withLines = (change: (lines: readonly ConsumedLine[]) => readonly ConsumedLine[]): SimulatedRun => ({
  ...base,
  consumed: { complete: true, rows: change(rows) },
});
type Kind = ConsumedLine['kind'];
const first = (by: string, kind: Kind) => rows.find((line) => line.by === by && line.kind === kind)!;
const last = (by: string, kind: Kind) => rows.findLast((line) => line.by === by && line.kind === kind)!;
const changed = (line: ConsumedLine, change: object) =>
  withLines((lines) => lines.map((each) => (each === line ? ({ ...each, ...change } as ConsumedLine) : each)));
const without = (...gone: readonly ConsumedLine[]) => withLines((lines) => lines.filter((line) => !gone.includes(line)));
const said = ({ outcome, findings }: CheckResult) => [outcome, findings[0]?.message];

const checks: readonly ((run: RunData) => CheckResult)[] = [
  consumedAtLeastOnce,
  consumedInOrder,
  checkpointNeverAhead,
  redeliveryBounded,
  consumerZombieFenced,
  givenUnderLease,
];
const [zombie, heir] = ['consumer-0-1', 'consumer-1-1'];

test('a consumer that died to the others and came back as a zombie lost nothing and broke nothing', () => {
  for (const check of checks) expect(check(base)).toMatchObject({ outcome: 'pass', findingsTotal: 0 });
  expect(consumerLag(base)).toMatchObject({ outcome: 'pass' });
  expect([agreement(base)].flat().filter(({ id }) => id.startsWith('agreement/consumer'))).toMatchObject([
    { outcome: 'pass' },
    { outcome: 'pass' },
  ]);
  expect(consumerFencingSeen(base, { atLeast: 8 })).toMatchObject({ outcome: 'pass' });
  expect(consumerRedeliveriesSeen(base, { atLeast: 16 })).toMatchObject({ outcome: 'pass' });
});

test('an event that nobody was done with is lost, whoever was given it', () => {
  expect(said(consumedAtLeastOnce(without(last(heir, 'done'))))).toEqual([
    'fail',
    expect.stringMatching(/was never done by any consumer$/),
  ]);
});

test('an event that is another than the log has at its place is no delivery of that', () => {
  expect(said(consumedAtLeastOnce(changed(last(heir, 'given'), { id: 1 })))).toEqual([
    'fail',
    expect.stringMatching(/^consumer-1-1 was given event 1 at lane \d+, position \d+, where the log has \d+$/),
  ]);
});

test('a position that is left out, given twice, or of a lane without a lease is out of turn', () => {
  const left = first(zombie, 'given');
  expect(said(consumedInOrder(without(left)))).toEqual([
    'fail',
    expect.stringMatching(/given position 2 of lane \d+ \(epoch 1\), where 1 was next$/),
  ]);
  const twice = withLines((lines) => lines.flatMap((line) => (line === left ? [line, line] : [line])));
  expect(said(consumedInOrder(twice))[0]).toBe('fail');
  expect(said(consumedInOrder(changed(left, { epoch: null })))).toEqual(['fail', expect.stringMatching(/which it had no lease of$/)]);
});

test('who had to take a lease for over may begin again at the checkpoint; who had not may not', () => {
  const lease = first(heir, 'leased') as Extract<ConsumedLine, { kind: 'leased' }>;
  const again = rows.filter((line) => line.by === heir && line.kind === 'given');
  const renewed = (afterMs: number) =>
    withLines((lines) => [...lines, { ...lease, askedAt: lease.askedAt + afterMs, at: lease.at + afterMs }, ...again]);
  expect(consumedInOrder(renewed(2001))).toMatchObject({ outcome: 'pass' });
  expect(consumedInOrder(renewed(2000))).toMatchObject({ outcome: 'fail' });
});

test('a checkpoint ahead of the work is one that loses, also where nobody was told what became of it; one that was refused is not', () => {
  const done = last(heir, 'done');
  expect(said(checkpointNeverAhead(without(done)))).toEqual([
    'fail',
    expect.stringMatching(/^consumer-1-1 checkpointed lane \d+ at \d+ \(epoch 2\), and was done only up to \d+$/),
  ]);
  const untold = withLines((lines) => lines.filter((line) => line !== done && !(line.by === heir && line.kind === 'answered')));
  expect(checkpointNeverAhead(untold)).toMatchObject({ outcome: 'fail' });
  const late = rows.filter((line) => line.by === zombie && line.kind === 'done').at(-1)!;
  expect(checkpointNeverAhead(without(late))).toMatchObject({ outcome: 'pass' });
});

test('a lease that begins before the last checkpoint, or behind it, is found; so is a lane that ends elsewhere', () => {
  const lease = first(heir, 'leased') as Extract<ConsumedLine, { kind: 'leased' }>;
  for (const by of [-1, 1]) {
    const lanes = lease.lanes.map((lane, index) => (index === 0 ? { ...lane, position: lane.position + by } : lane));
    expect(said(redeliveryBounded(changed(lease, { lanes })))).toEqual([
      'fail',
      expect.stringMatching(/^consumer-1-1 was given lane \d+ \(epoch 2\) from \d+, though the checkpoint was at \d+$/),
    ]);
  }
  const ends = withRows(base, 'consumer-lane', (lanes) => lanes.map((lane, index) => (index === 0 ? { ...lane, position: 0 } : lane)));
  expect(said(redeliveryBounded(ends))).toEqual(['fail', expect.stringMatching(/^lane \d+ stands at 0 in the end/)]);
});

test('a checkpoint of which nobody was told may have been taken, or not; one that had no connection was not', () => {
  const answer = first(zombie, 'answered');
  const lease = first(heir, 'leased') as Extract<ConsumedLine, { kind: 'leased' }>;
  const from = (start: number | null, told: object) =>
    withLines((lines) =>
      lines.map((line) => {
        if (line === answer) return { ...line, ...told } as ConsumedLine;
        if (line !== lease || start === null) return line;
        return { ...lease, lanes: lease.lanes.map((lane) => ({ ...lane, position: start })) };
      }),
    );
  expect(redeliveryBounded(from(null, { results: null }))).toMatchObject({ outcome: 'pass' });
  expect(redeliveryBounded(from(0, { results: null }))).toMatchObject({ outcome: 'pass' });
  expect(redeliveryBounded(from(0, { results: null, wasRefused: true }))).toMatchObject({ outcome: 'pass' });
  expect(redeliveryBounded(from(null, { results: null, wasRefused: true }))).toMatchObject({ outcome: 'fail' });
});

test('a zombie that moves a checkpoint is found, and so is one who is fenced for nothing', () => {
  const answer = last(zombie, 'answered') as Extract<ConsumedLine, { kind: 'answered' }>;
  const moved = answer.results!.map((result, index) => (index === 0 ? { ...result, outcome: 'moved' } : result));
  expect(said(consumerZombieFenced(changed(answer, { results: moved })))).toEqual([
    'fail',
    expect.stringMatching(
      /^consumer-0-1 checkpointed lane \d+ under epoch 1 and was told moved, \d+ ms after consumer-1-1 had it under epoch 2$/,
    ),
  ]);
  const own = last(heir, 'answered') as Extract<ConsumedLine, { kind: 'answered' }>;
  const fenced = own.results!.map((result) => ({ ...result, outcome: 'fenced' }));
  expect(said(consumerZombieFenced(changed(own, { results: fenced })))).toEqual([
    'fail',
    expect.stringMatching(/which nobody has taken since$/),
  ]);
});

test('where no zombie asked for anything nothing is claimed of the fence', () => {
  expect(consumerZombieFenced(without(last(zombie, 'checkpoint'), last(zombie, 'answered')))).toMatchObject({ outcome: 'inconclusive' });
});

test('the client hands out within its lease; one event may have been on its way when its process was stopped, and who is written by hand may do as he likes', () => {
  const late = (count: number, by: string) => {
    const chosen = new Set(rows.filter((line) => line.by === by && line.kind === 'given').slice(-count));
    return withLines((lines) => lines.map((line) => (chosen.has(line) ? { ...line, at: line.at + 60_000 } : line)));
  };
  const data = { event: 'stopped', instance: zombie };
  const evidence: RunData['evidence'] = [
    {
      fault: 'nap',
      kind: 'pause',
      injectedAt: 0,
      healedAt: 1,
      tookEffect: true,
      healed: true,
      observations: [{ at: 0, source: '/proc', observed: '', data }],
    },
  ];
  expect(givenUnderLease(late(1, zombie))).toMatchObject({ outcome: 'fail', findingsTotal: 1 });
  expect(givenUnderLease({ ...late(1, zombie), evidence })).toMatchObject({ outcome: 'pass' });
  expect(said(givenUnderLease({ ...late(2, zombie), evidence }))).toEqual(['fail', expect.stringMatching(/ms after its lease was over$/)]);
  expect(givenUnderLease(late(9, heir))).toMatchObject({ outcome: 'pass' });
});

test('a lag that the telemetry keeps saying is 0 is a lie; one export that came late is none', () => {
  const withLag = (change: (value: number, index: number) => number): SimulatedRun => ({
    ...base,
    signals: {
      ...base.signals!,
      plots: base.signals!.plots.map((plot) =>
        plot.name === 'consumer-lag'
          ? {
              ...plot,
              series: plot.series.map((each) => ({
                ...each,
                samples: each.samples.map(([at, value], index) => [at, change(value, index)] as const),
              })),
            }
          : plot,
      ),
    },
  });
  expect(consumerLag(withLag(() => 0))).toMatchObject({ outcome: 'fail' });
  expect(consumerLag(withLag((value, index) => (index === 4 ? 0 : value)))).toMatchObject({ outcome: 'pass' });
  expect(consumerLag({ ...base, books: null })).toMatchObject({ outcome: 'inconclusive' });
  expect(consumerLag(simulateRun())).toEqual([]);
});

const counted = (by: number): SimulatedRun => ({
  ...base,
  signals: {
    ...base.signals!,
    finals: base.signals!.finals.map((final) =>
      final.signal === 'faultline.consumer.checkpoints'
        ? {
            ...final,
            series: final.series.map((each) => ({ ...each, samples: each.samples.map(([at, value]) => [at, value + by] as const) })),
          }
        : final,
    ),
  },
});
const checkpointsOf = (run: RunData) => [agreement(run)].flat().find(({ id }) => id === 'agreement/consumer-checkpoints');

test('a count of checkpoints that is not what those who asked were told is a contradiction', () => {
  expect(checkpointsOf(counted(-1))).toMatchObject({ outcome: 'fail', findingsTotal: 2 });
});

test('of records that are not whole a count of fewer checkpoints than are in them is a contradiction; one of more is none, and proves nothing', () => {
  const cut = (by: number): SimulatedRun => ({ ...counted(by), consumed: { complete: false, rows } });
  expect(checkpointsOf(cut(-1))).toMatchObject({ outcome: 'fail', findingsTotal: 2 });
  for (const by of [0, 1])
    expect(checkpointsOf(cut(by))).toMatchObject({ outcome: 'inconclusive', summary: cutRecords(cut(by)), findingsTotal: 0 });
});

test('an outcome of checkpoints that the telemetry alone knows is a contradiction, but where it counts none', () => {
  const invented = (value: number): SimulatedRun => ({
    ...base,
    signals: {
      ...base.signals!,
      finals: base.signals!.finals.map((final) =>
        final.signal === 'faultline.consumer.checkpoints'
          ? { ...final, series: [...final.series, { labels: { faultline_outcome: 'ahead' }, samples: [[zeroAt / 1000, value] as const] }] }
          : final,
      ),
    },
  });
  expect(checkpointsOf(invented(0))).toMatchObject({ outcome: 'pass' });
  expect(checkpointsOf(invented(3))).toMatchObject({
    outcome: 'fail',
    findingsTotal: 1,
    findings: [{ message: expect.stringContaining('outcome="ahead"') }],
  });
});

test('without records, or with some that are not whole, what is missing proves nothing', () => {
  const none = simulateRun();
  for (const check of checks) expect(check(none)).toMatchObject({ outcome: 'inconclusive' });
  const cut: SimulatedRun = { ...base, consumed: { complete: false, rows: rows.slice(0, -1) } };
  for (const check of checks) expect(check(cut)).toMatchObject({ outcome: 'inconclusive', summary: cutRecords(cut) });
  const outOfTurn = without(first(zombie, 'given')).consumed!.rows;
  expect(consumedInOrder({ ...base, consumed: { complete: false, rows: outOfTurn } })).toMatchObject({ outcome: 'fail' });
  const another = changed(last(heir, 'given'), { id: 1 }).consumed!.rows.slice(0, -1);
  expect(consumedAtLeastOnce({ ...base, consumed: { complete: false, rows: another } })).toMatchObject({
    outcome: 'fail',
    findingsTotal: 1,
  });
  expect(consumerFencingSeen(none, { atLeast: 1 })).toMatchObject({ outcome: 'inconclusive' });
  expect(consumerRedeliveriesSeen(none, { atLeast: 1 })).toMatchObject({ outcome: 'inconclusive' });
});
