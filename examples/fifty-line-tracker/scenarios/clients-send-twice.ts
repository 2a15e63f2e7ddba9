// Clients that had no answer in time send again. Each event must be there once.
import { scenario } from 'faultline/scenario';

export default scenario({
  name: 'clients-send-twice',
  title: '200 events a second, one in ten delivered twice with the same id',
  why: 'A client whose answer got lost sends again, with the same id and the same body. A tracker that stores whatever comes counts that order twice, and nobody notices: every request was answered with 200.',

  traffic: {
    arrivals: 'poisson',
    keys: { kind: 'zipf', count: 200, exponent: 1 },
    duplicates: { share: 0.1, withinMs: 500 },
  },
  phases: {
    'warm-up': { kind: 'warm-up', seconds: 1, ratePerSecond: 200 },
    retries: { kind: 'steady', seconds: 4, ratePerSecond: 200 },
  },

  expect: { 'good-events-accepted': true },
  seen: { duplicates: 20 },
  alerts: 'none',
  drainWithinSeconds: 5,
});
