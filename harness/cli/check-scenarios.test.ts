import { expect, test } from 'vitest';
import { systemClock } from '../engine/clock.ts';
import { scenario } from '../scenario/language.ts';
import type { TargetDefinition } from '../targets/definition.ts';
import { defineFaultline } from '../targets/faultline/definition.ts';
import { lacksBeside } from '../targets/offers.ts';
import { checkScenarios } from './check-scenarios.ts';
import { toScenario } from './load-scenarios.ts';
import { ownSystemFolder } from './parts.ts';

const faultline = defineFaultline({ systemFolder: ownSystemFolder, clock: systemClock });
const none = { ingest: 0, worker: 0, query: 0 };
const plain: TargetDefinition = {
  ...faultline,
  name: 'plain',
  lacks: lacksBeside(['read-back'], { processes: 'it runs elsewhere' }),
  processes: { ...faultline.processes, least: none },
  measures: {},
  signals: null,
  alerts: null,
};
const asked = scenario({
  name: 'asked',
  title: 'Asked',
  why: 'Of two targets.',
  traffic: { arrivals: 'constant', keys: { kind: 'uniform', count: 5 } },
  phases: { only: { kind: 'steady', seconds: 2, ratePerSecond: 100 } },
  faults: { nap: { kind: 'pause', role: 'worker', index: 0, at: { phase: 'only', afterSeconds: 0 }, seconds: 1 } },
  expect: { 'no-takeover': true },
  seen: { takeovers: 1 },
  alerts: { FaultlineLeaseTakenOver: { after: 'nap', withinSeconds: 10, resolvesWithinSeconds: 15 } },
  drainWithinSeconds: 5,
});
const check = (target: TargetDefinition, changes: object = {}) =>
  checkScenarios([{ name: 'asked', ...toScenario({ ...asked, ...changes } as typeof asked, target) }], target);

test('a scenario that asks for what there is is given back as it runs', () => {
  expect(check(faultline).map(({ name }) => name)).toEqual(['asked']);
});

test('a fault that can not be carried out, a proof that can not be found and an alert that there is not are refused, each with its place', () => {
  expect(() => check(plain)).toThrow(
    expect.objectContaining({
      code: 'FL_SCENARIO_INVALID',
      message: expect.stringMatching(
        /3 mistakes:[^]*asked\/alerts\.FaultlineLeaseTakenOver: this target has no alerts[^]*asked\/faults\.nap\.kind: a fault of kind pause is not possible here: the target offers no processes: it runs elsewhere[^]*asked\/seen\.takeovers: takeovers-seen is not possible here/,
      ) as string,
    }),
  );
});

test('what merely can not be judged is no mistake: it narrows the verdict', () => {
  expect(check(plain, { faults: {}, seen: {}, alerts: 'none' })).toHaveLength(1);
});

test('nobody consumes elsewhere from a target that has no API for it', () => {
  const consumers = { instances: ['client'], leaseMs: 2000, handleMs: 4, checkpointMs: 300 };
  expect(() => check(plain, { consumers, faults: {}, seen: {}, alerts: 'none' })).toThrow(
    /asked\/consumers: consuming elsewhere is not possible here: the target offers no consumers/,
  );
  expect(check(faultline, { consumers })).toHaveLength(1);
});

test('a misspelt alert is told beside everything else', () => {
  const alerts = { FaultlineLeaseTaken: { after: 'nap', withinSeconds: 10, resolvesWithinSeconds: 15 } };
  expect(() => check(faultline, { alerts, title: '' })).toThrow(
    /2 mistakes:[^]*asked\/title[^]*asked\/alerts\.FaultlineLeaseTaken: there is no alert/,
  );
});

const bare = { faults: {}, seen: {}, alerts: 'none' } as const;
const byUdp = { ...bare, traffic: { ...asked.traffic, transport: 'udp' } };

test('traffic by UDP, and faults of datagrams, are refused where the target has no such door, with the reason', () => {
  const lossy = {
    bad: { kind: 'datagrams', link: 'driver-ingest-udp', at: { phase: 'only', afterSeconds: 0 }, seconds: 1, effect: 'loss', share: 0.5 },
  };
  const shut = 'its ingest listens for HTTP alone';
  const byHttp = { ...faultline, lacks: { datagrams: shut, 'datagram-counts': shut } };
  expect(() => check(byHttp, { ...byUdp, faults: lossy })).toThrow(
    /2 mistakes:[^]*asked\/faults\.bad\.kind: a fault of kind datagrams is not possible here: the target offers no datagrams[^]*asked\/traffic\.transport: traffic by UDP is not possible here: the target offers no datagrams: its ingest listens for HTTP alone/,
  );
});

test.each([
  ['import', { seconds: 10, lines: 1000, ratePerSecond: 100 }, 'imports'],
  ['operator', { seconds: 10, effect: 'erase' }, 'operator'],
])('a fault of kind %s is refused where the target offers no such thing, with the reason', (kind, of, offer) => {
  const bad = { ...bare, faults: { bad: { kind, at: { phase: 'only', afterSeconds: 0 }, ...of } } };
  expect(check(faultline, bad)).toHaveLength(1);
  const without = { ...faultline, lacks: { [offer]: 'its target file does not offer it' } };
  expect(() => check(without, bad)).toThrow(
    `asked/faults.bad.kind: a fault of kind ${kind} is not possible here: the target offers no ${offer}: its target file does not offer it`,
  );
});

test('a target that takes datagrams gets them', () => {
  expect(check(faultline, byUdp).map(({ traffic }) => traffic.transport)).toEqual(['udp']);
});

test('batches are those of the contract: a target that is sent requests of its own can get none', () => {
  const inBatches = { ...bare, traffic: { ...asked.traffic, batch: { size: 10, lingerMs: 5 } } };
  expect(check(faultline, inBatches)).toHaveLength(1);
  expect(() => check({ ...faultline, sendFile: '/own.ts' }, inBatches)).toThrow(/asked\/traffic\.batch: batches are those of the contract/);
});
