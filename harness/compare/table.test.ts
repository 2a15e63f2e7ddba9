import { expect, test } from 'vitest';
import type { SentEvent } from './send-traffic.ts';
import { renderComparison } from './page.ts';
import type { FaultName, FaultRun } from './run-fault.ts';
import { type Comparison, tableMarkdown, tableOf, tableText } from './table.ts';

const events = (told: SentEvent['told']): readonly SentEvent[] =>
  Array.from({ length: 40 }, (_, n) => ({ id: `${n}`, at: n / 4, waitMs: n === 8 ? 80 : 0.4, told }));

const runOf = (candidate: string, fault: FaultName, change: Partial<FaultRun>): FaultRun => ({
  candidate,
  fault,
  isAnswered: candidate !== 'UDP',
  sent: 40,
  acknowledged: 36,
  acknowledgedAndLost: 0,
  notThere: 4,
  knownLost: null,
  startedByHand: 1,
  events: events('acknowledged'),
  ...change,
});

const cost = { eventsPerSecond: 1234.4, eventsPerCpuSecond: 999.9, diskBytesPerEvent: 512.2, walBytesPerEvent: 700 };
const comparison: Comparison = {
  costs: [
    { candidate: 'UDP', ...cost },
    { candidate: 'HTTP', ...cost },
  ],
  runs: [
    runOf('UDP', 'kill -9 of the door', { acknowledged: 0, knownLost: 4, events: events('handed') }),
    runOf('HTTP', 'kill -9 of the door', { acknowledgedAndLost: 1 }),
    runOf('HTTP', 'immediate stop of the database', { startedByHand: 0 }),
  ],
};

const rowOf = (what: string) => tableOf(comparison).find((row) => row.what === what)?.values;

test('a promise that was broken is told from an event that its sender knows to be missing', () => {
  expect(rowOf('kill -9 of the door: acknowledged, and lost')).toEqual(['nothing is acknowledged', '1 of 36']);
  expect(rowOf('kill -9 of the door: sent once, and not there')).toEqual(['4 of 40', '4 of 40']);
  expect(rowOf('kill -9 of the door: … of these its sender or its books know')).toEqual(['4: the books', '3: the sender']);
});

test('what nobody could read is not 0', () => {
  const [costs, runs] = [comparison.costs.map((each) => ({ ...each, eventsPerCpuSecond: NaN })), comparison.runs];
  const unread = { costs, runs: runs.map((run) => ({ ...run, knownLost: null })) };
  const of = (what: string) => tableOf(unread).find((row) => row.what === what)?.values;
  expect(of('events a second of one core (door and database)')).toEqual(['not known', 'not known']);
  expect(of('kill -9 of the door: … of these its sender or its books know')).toEqual(['not known', '3: the sender']);
  const nothingIn = { costs, runs: [runOf('HTTP', 'kill -9 of the door', { acknowledged: 0, notThere: 40 })] };
  expect(tableOf(nothingIn)[1]?.values.at(-1)).toBe('0 of 0');
  expect(tableOf({ costs, runs: [] })[0]?.values[0]).toBe('not known / not known');
});

test('what was not run is not made up', () => {
  expect(rowOf('immediate stop of the database: started by hand')).toEqual(['not run', '0']);
});

test('waits are those of the calm before the fault', () => {
  expect(rowOf('the sender waits, p50 / p99')).toEqual(['0.40 ms / 80 ms', '0.40 ms / 80 ms']);
});

test('it is the same table as text, as Markdown and on the page', async () => {
  expect(tableMarkdown(comparison).split('\n')).toHaveLength(tableOf(comparison).length + 2);
  expect(tableText(comparison)).toContain('events a second from 64 senders who wait');
  const page = await renderComparison(comparison, 'a machine');
  for (const { what } of tableOf(comparison)) expect(page).toContain(what.replaceAll('&', '&amp;'));
  expect(page).toContain('data-plot="told"');
});
