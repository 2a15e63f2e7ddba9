// More datagrams than anybody can take: some of them are lost, nobody is told, and the books still know of each.
import { scenario } from '../harness/scenario/language.ts';

export default scenario({
  name: 'udp-flood',
  title: '1500 datagrams a second into small buffers, while ingest stands still for a second, and then its way to the database is narrow',
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
    'warm-up': { kind: 'warm-up', seconds: 2, ratePerSecond: 200 },
    flood: { kind: 'fault', seconds: 9, ratePerSecond: 1500 },
    after: {
      kind: 'heal',
      seconds: 5,
      ratePerSecond: 200,
      budgets: { 'udp-queue': { atMost: 0.5, why: 'Once the flood is over nothing waits any more.' } },
    },
  },
  faults: {
    'ingest-stands-still': { kind: 'pause', role: 'ingest', index: 0, at: { phase: 'flood', afterSeconds: 1 }, seconds: 1 },
    'narrow-to-the-database': {
      kind: 'network',
      link: 'ingest-database',
      effect: 'bandwidth',
      bytesPerSecond: 65_536,
      way: 'up',
      at: { phase: 'flood', afterSeconds: 3 },
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
