// Who held which lane when, from the target's lease events, and whom a fault hit.
import type { FaultEvidence, RunData } from '../engine/run-data.ts';
import { deadlyFaults } from '../scenario/faults/deadly-faults.ts';
import { roleOf } from '../scenario/faults/role-of.ts';
import type { Fault } from '../scenario/scenario.ts';
import { indexOf, type RowOf } from './run-index.ts';

export type LeaseEvent = RowOf<'lease-event'>;
export type WorkerFault = { readonly evidence: FaultEvidence; readonly victim: string; readonly at: number };

export const leaseEvents = (run: RunData): readonly LeaseEvent[] =>
  indexOf(run).rows['lease-event'].toSorted((left, right) => left.at - right.at);

export const laneOf = ({ processor, version, lane }: Pick<LeaseEvent, 'processor' | 'version' | 'lane'>): string =>
  `${processor}@${version}/${lane}`;

/** Faults of these kinds that took effect on a worker, with the instance that they hit, as the target's own processes and leases name it. */
export const workerFaults = (run: RunData, kinds: readonly string[]): readonly WorkerFault[] =>
  run.evidence.flatMap((evidence) => {
    const planned = run.plan.scenario.faults.find(({ name }) => name === evidence.fault);
    if (roleOf(planned) !== 'worker' || !kinds.includes(evidence.kind) || !evidence.tookEffect) return [];
    return victimsOf(evidence);
  });

const hits = ['exited', 'stopped'];

/** The first is hit when the fault strikes; one that strikes again, as a crash loop does, hits another each time. */
const victimsOf = (evidence: FaultEvidence): readonly WorkerFault[] =>
  evidence.observations
    .flatMap(({ at, data }) => {
      const { event, instance } = (data ?? {}) as { event?: unknown; instance?: unknown };
      return hits.includes(event as string) && typeof instance === 'string' ? [{ evidence, victim: instance, at }] : [];
    })
    .map((fault, index) => (index === 0 ? { ...fault, at: evidence.injectedAt } : fault));

/** The lanes that `owner` held at `time`: what it had taken and not given back, lost, or had taken from it. */
export const heldAt = (events: readonly LeaseEvent[], owner: string, time: number): readonly string[] => {
  const owners = new Map<string, string>();
  for (const event of events) {
    if (event.at > time) break;
    if (event.event === 'acquired' || event.event === 'taken_over') owners.set(laneOf(event), event.owner);
    else if (event.event !== 'fenced' && owners.get(laneOf(event)) === event.owner) owners.delete(laneOf(event));
  }
  return [...owners].filter(([, holder]) => holder === owner).map(([lane]) => lane);
};

/** The lane number of a processor's one elected duty, such as exporting the books. */
const dutyLane = -1;

/** Faults by which a worker dies, stands still, or goes. */
const hardOnWorkers = [...deadlyFaults, 'pause', 'restart'];

export type Outage = { readonly from: number; readonly to: number };

/** While the worker that exports the books was dead or stopped, and nobody had taken that duty over, the books are silent or stale through no fault of theirs. */
export const dutyOutages = (run: RunData): readonly Outage[] => {
  const events = leaseEvents(run);
  return workerFaults(run, hardOnWorkers).flatMap(({ evidence, victim, at }) => {
    const duties = new Set(events.filter(({ lane }) => lane === dutyLane).map(laneOf));
    const held = heldAt(events, victim, at).filter((lane) => duties.has(lane));
    if (held.length === 0) return [];
    const taken = events.find(
      (event) =>
        event.at > at && event.lane === dutyLane && event.owner !== victim && (event.event === 'taken_over' || event.event === 'acquired'),
    );
    return [{ from: at, to: taken?.at ?? evidence.healedAt ?? Infinity }];
  });
};

/** A sample shows the books as they were up to one export interval ago, and half of one more for reading and sending them. */
export const staleIntervals = 1.5;

const cutting: readonly string[] = ['cut', 'black-hole', 'half-open', 'reset'];

/** Between these faults and their healing no worker can ask the database. */
const keepsWorkersFromStorage = (fault: Fault): boolean =>
  fault.kind === 'network'
    ? fault.link === 'worker-database' && cutting.includes(fault.effect)
    : fault.kind === 'database' && fault.effect === 'restart';

/** Who is connected notices nothing of it; only who was cut off just then does not come back before it is over. */
const keepsWorkersFromConnecting = (fault: Fault): boolean => fault.kind === 'database' && fault.effect === 'connections';

/** Whose lease was over by then is elected anew before anybody reads the books again. */
const electedWithinMs = 5000;

/** While no worker can reach the database nobody can read the books. */
export const storageOutages = (run: RunData): readonly Outage[] => {
  const duties = leaseEvents(run).filter(({ event, lane }) => lane === dutyLane && (event === 'taken_over' || event === 'acquired'));
  const refusals = stretchesOf(run, keepsWorkersFromConnecting);
  return stretchesOf(run, keepsWorkersFromStorage).map(({ from, to: reachable }) => {
    const to = refusals.reduce((end, refusal) => (refusal.from <= end && refusal.to >= from ? Math.max(end, refusal.to) : end), reachable);
    const elected = duties.find(({ at }) => at >= to && at <= to + electedWithinMs);
    return { from, to: Math.max(to + (run.signals?.exportIntervalMs ?? 0), elected?.at ?? 0) };
  });
};

/** Of the faults that took effect, from injection to healing, in their order. */
const stretchesOf = ({ plan, evidence }: RunData, is: (fault: Fault) => boolean): readonly Outage[] =>
  evidence
    .flatMap(({ fault: name, tookEffect, injectedAt, healedAt }) => {
      const fault = plan.scenario.faults.find((planned) => planned.name === name);
      return fault !== undefined && tookEffect && is(fault) ? [{ from: injectedAt, to: healedAt ?? Infinity }] : [];
    })
    .toSorted((a, b) => a.from - b.from);

/** When the books were silent or stale for a fault on their exporter or on its way to them: until the first export after it. */
export const booksSilences = (run: RunData): readonly Outage[] =>
  [...dutyOutages(run), ...storageOutages(run)].map(({ from, to }) => ({
    from,
    to: to + staleIntervals * (run.signals?.exportIntervalMs ?? 0),
  }));
