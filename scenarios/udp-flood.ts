// More datagrams than anybody can take: some of them are lost, nobody is told, and the books still know of each.
import { scenario } from '../harness/scenario/language.ts';

/** By how much the books' count of this place grew in the phase. */
const lostInPhase = (place: string): string => {
  const lost = `faultline_udp_lost{$run,faultline_udp_place="${place}"}`;
  return `sum(max_over_time(${lost}[$phase]) - min_over_time(${lost}[$phase]))`;
};

export default scenario({
  name: 'udp-flood',
  title: '900 datagrams a second into small buffers, while ingest stands still for a second, and then its way to the database is narrow',
  why: 'Whoever sends by UDP has chosen to lose events rather than to wait; what they have not chosen is not to know. A count that dies with the process, a queue that drops in silence, a kernel’s drop that is blamed on the network: each leaves a team looking for its events in the wrong place, or not looking.',
  set: 'extra',

  needs: {
    settings: { FAULTLINE_UDP_QUEUE_LIMIT_BYTES: '65536', FAULTLINE_UDP_RECEIVE_BUFFER_BYTES: '65536' },
  },
  traffic: {
    arrivals: 'poisson',
    keys: { kind: 'zipf', count: 1000, exponent: 0.8 },
    producers: { count: 4, skewMs: 0 },
    transport: 'udp',
  },
  phases: {
    'warm-up': { kind: 'warm-up', seconds: 4, ratePerSecond: 40, shape: { kind: 'ramp', toPerSecond: 200 } },
    flood: {
      kind: 'fault',
      seconds: 10,
      ratePerSecond: 900,
      budgets: {
        'lost-by-the-kernel': {
          promql: lostInPhase('kernel'),
          over: 'end',
          unit: 'datagrams',
          atLeast: 1,
          why: 'What came while ingest stood still found the kernel’s buffer full, and that is where it is counted.',
        },
      },
    },
    narrow: {
      kind: 'fault',
      seconds: 8,
      ratePerSecond: 900,
      budgets: {
        'lost-by-the-process': {
          promql: lostInPhase('process'),
          over: 'end',
          unit: 'datagrams',
          atLeast: 1,
          why: 'What came while the way to the database was narrow found our queue full, and that is where it is counted.',
        },
      },
    },
    after: {
      kind: 'heal',
      seconds: 5,
      ratePerSecond: 200,
      budgets: { 'udp-queue': { atMost: 0.5, why: 'Once the flood is over nothing waits any more.' } },
    },
  },
  // Further apart than the alert looks back: each has to bring it about by itself.
  faults: {
    'ingest-stands-still': { kind: 'pause', role: 'ingest', index: 0, at: { phase: 'flood', afterSeconds: 1 }, seconds: 1 },
    'narrow-to-the-database': {
      kind: 'network',
      link: 'ingest-database',
      effect: 'bandwidth',
      bytesPerSecond: 65_536,
      way: 'up',
      at: { phase: 'narrow', afterSeconds: 1 },
      seconds: 4,
    },
  },

  expect: { 'no-dead-letters': true, 'equals-ordered-delivery': true, 'no-takeover': true },
  budgets: {
    'udp-network-loss': { atMost: 0, why: 'No network lies between: whatever the flood loses, the network is not to blame.' },
    drop: { atMost: 0, why: 'Lanes on which the books do not add up.' },
  },
  alerts: {
    FaultlineDatagramsLost: { after: ['ingest-stands-still', 'narrow-to-the-database'], withinSeconds: 8, resolvesWithinSeconds: 15 },
  },
  drainWithinSeconds: 20,
});
