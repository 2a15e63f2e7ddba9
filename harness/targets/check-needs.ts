// What each check, fault and budget needs of a target. A test holds the checks equal to the registry, so that a new one says what it needs.
import type { Needs, Offer } from './offers.ts';

export const checkNeeds: Needs = {
  lost: ['read-back'],
  phantom: ['read-back'],
  'duplicate-in-log': ['read-back'],
  'duplicate-effect': ['read-models'],
  'conflicting-effect': ['bodies'],
  recovered: ['read-back'],
  redelivery: [],
  'read-model': ['read-models', 'positions'],
  'order-per-key': ['positions'],
  gapless: ['positions'],
  accounting: ['books'],
  'accounting-over-time': ['books'],
  'counted-loss': ['books', 'read-back'],
  drained: [],
  'history-complete': [],
  'final-state-complete': ['read-back'],
  generator: [],
  samples: [],
  'faults-took-effect': [],
  'faults-healed': [],
  telemetry: ['metrics'],
  // Without its processes its own load can't be told from that of others.
  machine: ['processes'],
  clock: [],
  agreement: ['metrics', 'books'],
  lag: ['metrics', 'positions'],
  traces: ['traces'],
  logs: ['logs'],
  detection: ['alerts'],
  'refusals-are-definite': ['read-back'],
  'poison-answers': [],
  'dead-letters-equal-poison': ['dead-letters'],
  'own-effects-once': ['dead-letters', 'positions'],
  'no-dead-letters': ['dead-letters'],
  'good-events-accepted': [],
  'every-event-acknowledged': [],
  'takeover-within': ['leases'],
  'zombie-fenced': ['leases'],
  'no-takeover': ['leases'],
  'equals-ordered-delivery': ['read-models', 'positions'],
  'duplicates-counted-exactly': ['books'],
  'lag-recovers': ['positions'],
  'memory-within': ['processes'],
  'panels-have-data': ['dashboards'],
  'read-your-writes': ['reads'],
  'monotonic-reads': ['reads'],
  'stale-reads': ['reads'],
  'phantom-reads': ['reads', 'read-back'],
  'erased-everywhere': ['read-models', 'positions', 'dead-letters'],
  'refusals-seen': [],
  'duplicates-seen': [],
  'takeovers-seen': ['leases'],
  'fencing-seen': ['leases'],
  'lag-over-seen': ['positions'],
  'out-of-order-seen': ['positions'],
  'inverted-seen': ['positions'],
  'dead-letters-seen': ['dead-letters'],
  'recovered-seen': ['read-back'],
  'reads-seen': ['reads'],
};

export const budgetNeeds = ['metrics'] as const;

/** What is known of leases is evidence too, but their exit or their state is enough. */
export const faultNeeds: Needs = {
  kill: ['processes'],
  restart: ['processes'],
  pause: ['processes'],
  operator: ['database'],
  datagrams: ['datagrams', 'datagram-counts'],
};

/** Of a kind that is not listed nothing is taken for granted but that its evidence stands in the target's own tables. */
export const needsOfFault = (kind: string): readonly Offer[] => faultNeeds[kind] ?? ['processes', 'database', 'leases'];
