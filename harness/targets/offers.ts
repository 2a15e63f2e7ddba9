// What a target can be asked for beside taking events. What it lacks is said, and narrows the verdict: a check that needs it is not possible, and is never made up.

export const offers = {
  'read-back': 'the events that it keeps can be read back one by one',
  reads: 'a key can be read by clients while the traffic goes on',
  consumers: 'it has an API for those who consume elsewhere, with leases and checkpoints',
  bodies: 'the text of an event is kept as it was sent',
  positions: 'kept events have a lane and a gapless position in it',
  'read-models': 'what its processors made of the events can be read back',
  books: 'it counts itself what became of the events, by processor and lane',
  leases: 'it writes down who held which lane when',
  'dead-letters': 'events that could not be applied are parked, and can be read back',
  processes: 'its processes are known, may be signalled, and can be started again',
  database: 'its database can be asked by SQL',
  metrics: 'it exports metrics under names that the harness knows',
  traces: 'it exports traces that lead from request to row',
  logs: 'it exports log records with the ids of events and traces',
  alerts: 'it has alert rules that a run can evaluate',
  dashboards: 'it has dashboards',
  tenants: 'it has tenants, each with a key and a quota of its own',
  datagrams: 'it takes events by UDP, beside HTTP',
  'datagram-counts': 'it counts the datagrams that reach it, and those that were damaged or displaced on the way',
  imports: 'a client of its own imports files of past events, and goes on where one before it was ended',
  operator: 'it has a desk at which rebuilds, replays and erasures are asked for',
} as const satisfies Record<string, string>;

export type Offer = keyof typeof offers;

/** Each thing that a target does not offer, with the reason, as it goes on after "it lacks metrics: ". Empty: it offers everything. */
export type Lacks = { readonly [Name in Offer]?: string };

/** Which offers a check, a fault or a budget needs. A name that is not here needs nothing but the history. */
export type Needs = Readonly<Record<string, readonly Offer[]>>;

/** How it can be sent to, and asked for work: what a scenario may need, and no verdict rests on. */
const doors: readonly Offer[] = ['tenants', 'datagrams', 'datagram-counts', 'imports', 'operator', 'consumers'];

/** Nothing is lacking that a verdict could rest on. */
export const isJudgedInFull = (lacks: Lacks): boolean => (Object.keys(lacks) as Offer[]).every((offer) => doors.includes(offer));

/** Why something that needs this is not possible; null: it is. */
export const impossibleFor = (needed: readonly Offer[], lacks: Lacks): string | null => {
  const missing = needed.filter((offer) => lacks[offer] !== undefined);
  return missing.length === 0 ? null : missing.map((offer) => `the target offers no ${offer}: ${lacks[offer]}`).join('; ');
};

/** All that is not in the list is lacking, with the reason given or this one. */
export const lacksBeside = (offered: readonly Offer[], reasons: Lacks = {}): Lacks =>
  Object.fromEntries(
    (Object.keys(offers) as Offer[])
      .filter((offer) => !offered.includes(offer))
      .map((offer) => [offer, reasons[offer] ?? 'its target file does not offer it']),
  );
