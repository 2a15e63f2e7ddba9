import { describe, expect, test } from 'vitest';
import { collectProblems } from '../problem.ts';
import type { Fault } from '../scenario.ts';
import { describeFault } from './describe-fault.ts';
import { newerFaultKinds, newerFaultProblems, type NewerFault } from './fault-problems.ts';
import { overlapProblems } from './overlap-problems.ts';
import { roleOf } from './role-of.ts';
import { targetNeeds } from './target-needs.ts';

const planned = { name: 'it', at: { phase: 'fault', afterSeconds: 0 } } as const;
const aimed = { ...planned, role: 'worker', index: 0 } as const;
const link = { ...planned, kind: 'network', link: 'worker-database', seconds: 2 } as const;
const datagrams = { ...planned, kind: 'datagrams', link: 'driver-ingest-udp', seconds: 2, share: 0.1 } as const;
const database = { ...planned, kind: 'database', seconds: 2 } as const;

/** One of each kind and effect, as a scenario would have it. */
const good: readonly NewerFault[] = [
  { ...aimed, kind: 'crash-loop', times: 3, everySeconds: 1 },
  { ...aimed, kind: 'restart' },
  { ...aimed, kind: 'slow-start', seconds: 3 },
  { ...aimed, kind: 'descriptors', seconds: 3, spare: 2 },
  { ...aimed, kind: 'clock', seconds: 3, offsetMs: -60_000, driftPpm: 100 },
  { ...aimed, kind: 'bad-release', seconds: 3 },
  { ...planned, kind: 'cpu-pressure', seconds: 3, burners: 4 },
  { ...planned, kind: 'memory-pressure', seconds: 3, megabytes: 512 },
  { ...link, effect: 'latency', latencyMs: 20, jitterMs: 5, way: 'down' },
  { ...link, effect: 'bandwidth', bytesPerSecond: 65_536 },
  { ...link, effect: 'cut' },
  { ...link, effect: 'half-open' },
  { ...link, effect: 'reset' },
  { ...link, effect: 'slow-close', delayMs: 100 },
  { ...link, effect: 'black-hole' },
  { ...link, effect: 'swallow-commit', times: 2, statement: 'insert', refuseForMs: 100 },
  { ...datagrams, effect: 'loss' },
  { ...datagrams, effect: 'reorder', withinMs: 20 },
  { ...datagrams, effect: 'duplicate' },
  { ...datagrams, effect: 'corrupt' },
  { ...database, effect: 'restart', how: 'fast' },
  { ...database, effect: 'lock' },
  { ...database, effect: 'connections' },
  { ...database, effect: 'disk-full' },
  { ...database, effect: 'read-only' },
  { ...database, effect: 'idle-transaction' },
  { ...database, effect: 'long-snapshot' },
  { ...planned, kind: 'container', container: 'postgres', effect: 'pause', seconds: 2 },
  { ...planned, kind: 'import', seconds: 20, lines: 5000, ratePerSecond: 800 },
  { ...planned, kind: 'operator', effect: 'rebuild', seconds: 20 },
  { ...planned, kind: 'operator', effect: 'erase', seconds: 20 },
];
const problemsOf = (fault: NewerFault) => collectProblems((report) => newerFaultProblems(fault, 'faults[0]', report));
const changed = (fault: NewerFault, change: Readonly<Record<string, unknown>>): NewerFault => ({ ...fault, ...change }) as NewerFault;
const ofEffect = (name: string): NewerFault =>
  good.find((fault) => ('effect' in fault ? [fault.effect, `${fault.kind} ${fault.effect}`] : [fault.kind]).includes(name)) as NewerFault;

describe('a fault of a newer kind', () => {
  test.each(good.map((fault) => [describeFault(fault), fault] as const))('is fine as it is: %s', (_text, fault) => {
    expect(problemsOf(fault)).toEqual([]);
  });

  test('has its example here, whatever its kind', () => {
    expect(new Set(good.map(({ kind }) => kind))).toEqual(new Set(newerFaultKinds));
  });

  test.each([
    ['slow-start', { seconds: 0 }, 'seconds'],
    ['slow-start', { seconds: 16 }, 'seconds'],
    ['crash-loop', { times: 1 }, 'times'],
    ['crash-loop', { everySeconds: -1 }, 'everySeconds'],
    ['crash-loop', { everySeconds: undefined }, 'everySeconds'],
    ['crash-loop', { times: 3, everySeconds: 41 }, 'everySeconds'],
    ['crash-loop', { times: 20, everySeconds: 120 }, 'everySeconds'],
    ['import', { lines: 10 }, 'lines'],
    ['import', { ratePerSecond: 0 }, 'ratePerSecond'],
    ['restart', { withinSeconds: 0 }, 'withinSeconds'],
    ['descriptors', { spare: -1 }, 'spare'],
    ['clock', { offsetMs: 500 }, 'offsetMs'],
    ['clock', { driftPpm: 1_000_000 }, 'driftPpm'],
    ['bad-release', { role: 'ingest' }, 'role'],
    ['cpu-pressure', { burners: 33 }, 'burners'],
    ['memory-pressure', { megabytes: 4097 }, 'megabytes'],
    ['latency', { latencyMs: 0 }, 'latencyMs'],
    ['latency', { jitterMs: -1 }, 'jitterMs'],
    ['latency', { way: 'sideways' }, 'way'],
    ['latency', { link: 'moon-database' }, 'link'],
    ['bandwidth', { bytesPerSecond: 10 }, 'bytesPerSecond'],
    ['slow-close', { delayMs: 0 }, 'delayMs'],
    ['swallow-commit', { times: 0 }, 'times'],
    ['swallow-commit', { link: 'driver-ingest' }, 'link'],
    ['cut', { effect: 'chew' }, 'effect'],
    ['loss', { share: 2 }, 'share'],
    ['reorder', { withinMs: 0 }, 'withinMs'],
    ['database restart', { how: 'gently' }, 'how'],
    ['idle-transaction', { elsewhere: false }, 'elsewhere'],
    ['lock', { effect: 'explode' }, 'effect'],
    ['rebuild', { effect: 'sleep' }, 'effect'],
    ['erase', { seconds: 0 }, 'seconds'],
    ['pause', { container: '' }, 'container'],
    ['pause', { effect: 'paint' }, 'effect'],
  ])('%s with %o is a mistake at its place', (name, change, field) => {
    expect(problemsOf(changed(ofEffect(name), change)).map(({ place }) => place)).toEqual([`faults[0].${field}`]);
  });

  test('lasts no longer than any other however often it strikes, and is told how its parts are counted', () => {
    expect(problemsOf(changed(ofEffect('crash-loop'), { times: 20, everySeconds: 6 }))).toEqual([]);
    expect(problemsOf(changed(ofEffect('crash-loop'), { times: 20, everySeconds: 6.5 }))).toEqual([
      { place: 'faults[0].everySeconds', message: 'must be 0 or more, and times × everySeconds at most 120, not 6.5' },
    ]);
  });
});

describe('faults that overlap', () => {
  const phases = [{ name: 'fault', kind: 'fault', seconds: 10, ratePerSecond: 1 }] as const;
  const problems = (faults: readonly Fault[]) => collectProblems((report) => overlapProblems(faults, phases, report));
  const later = (fault: NewerFault, afterSeconds: number): Fault =>
    ({ ...fault, name: 'other', at: { phase: 'fault', afterSeconds } }) as Fault;

  test('may do so where each heals its own', () => {
    expect(problems([ofEffect('latency'), later(ofEffect('latency'), 1), ofEffect('lock'), ofEffect('read-only')])).toEqual([]);
  });

  test('may not where the first to heal heals both', () => {
    expect(problems([ofEffect('read-only'), later(ofEffect('read-only'), 1)])).toEqual([
      { place: 'faults[1]', message: 'overlaps it on database read-only: each would undo the other' },
    ]);
  });

  test('two that swallow commits of one link may not: whose commit was swallowed could not be told', () => {
    const swallow = ofEffect('swallow-commit');
    expect(problems([swallow, later(swallow, 1)])).toEqual([
      { place: 'faults[1]', message: 'overlaps it on the commits over worker-database: each would undo the other' },
    ]);
    expect(problems([swallow, later(changed(swallow, { link: 'ingest-database' }), 1)])).toEqual([]);
  });

  test('one after the other is fine', () => {
    expect(problems([ofEffect('read-only'), later(ofEffect('read-only'), 3)])).toEqual([]);
  });

  const kill = { ...aimed, kind: 'kill', restartAfterSeconds: 4 } as const;
  const pause = { ...aimed, kind: 'pause', seconds: 4 } as const;
  const crashLoop = { ...aimed, kind: 'crash-loop', times: 4, everySeconds: 1 } as const;
  const restart = { ...aimed, kind: 'restart', withinSeconds: 4 } as const;
  const clock = { ...aimed, kind: 'clock', seconds: 4, offsetMs: 5000 } as const;
  const at = (fault: Fault, afterSeconds: number, change: Readonly<Record<string, unknown>> = {}): Fault =>
    ({ ...fault, name: 'other', at: { phase: 'fault', afterSeconds }, ...change }) as Fault;

  test.each([kill, pause, crashLoop, restart, clock])('two of one process may not, of whatever kinds: $kind', (first) => {
    for (const second of [kill, pause, crashLoop, restart, clock]) {
      expect(problems([first, at(second, 3)])).toEqual([
        { place: 'faults[1]', message: 'overlaps it on worker 0: each would undo the other' },
      ]);
      expect(problems([first, at(second, 5)])).toEqual([]);
      expect(problems([first, at(second, 3, { index: 1 })])).toEqual([]);
    }
  });

  test('a restart that does not say how long it may take may take as long as is usual', () => {
    const usual = { ...aimed, kind: 'restart' } as const;
    expect(problems([usual, at(kill, 9)])).toHaveLength(1);
  });
});

test('a target is started with the links and the disk that the faults need, and with nothing else', () => {
  expect(targetNeeds([ofEffect('latency'), ofEffect('cut'), ofEffect('disk-full')])).toEqual({
    links: ['worker-database'],
    smallDisk: true,
  });
  expect(targetNeeds([ofEffect('lock')])).toEqual({ links: [], smallDisk: false });
});

test('a fault of a process has a role, one of a link or the database has none', () => {
  expect([roleOf(ofEffect('clock')), roleOf(ofEffect('cut')), roleOf(undefined)]).toEqual(['worker', null, null]);
});
