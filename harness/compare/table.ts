// One table of three columns, for the console, the README and the page.
import { type Cost, mostDatagramsPerSecond, together } from './measure-cost.ts';
import { type FaultName, type FaultRun, traffic } from './run-fault.ts';

export type Comparison = { readonly costs: readonly Cost[]; readonly runs: readonly FaultRun[] };

export type TableRow = { readonly what: string; readonly values: readonly string[] };

const notKnown = 'not known';
const whole = (value: number): string => (Number.isFinite(value) ? Math.round(value).toLocaleString('en') : notKnown);
const milliseconds = (value: number): string =>
  Number.isFinite(value) ? `${value < 10 ? value.toFixed(value < 1 ? 2 : 1) : Math.round(value)} ms` : notKnown;

export const candidatesOf = ({ costs }: Comparison): readonly string[] => costs.map(({ candidate }) => candidate);

export const tableOf = (comparison: Comparison): readonly TableRow[] => {
  const { costs, runs } = comparison;
  const names = candidatesOf(comparison);
  const perCost = (what: string, show: (cost: Cost) => string): TableRow => ({ what, values: costs.map(show) });
  const perRun = (what: string, fault: FaultName, show: (run: FaultRun) => string): TableRow => ({
    what,
    values: names.map((name) => {
      const run = runs.find((each) => each.candidate === name && each.fault === fault);
      return run === undefined ? 'not run' : show(run);
    }),
  });
  const faults: readonly FaultName[] = ['kill -9 of the door', 'immediate stop of the database'];
  return [
    { what: 'the sender waits, p50 / p99', values: names.map((name) => waitsOf(runs.filter(({ candidate }) => candidate === name))) },
    ...faults.flatMap((fault) => [
      perRun(`${fault}: acknowledged, and lost`, fault, (run) =>
        run.isAnswered ? `${whole(run.acknowledgedAndLost)} of ${whole(run.acknowledged)}` : 'nothing is acknowledged',
      ),
      perRun(`${fault}: sent once, and not there`, fault, ({ notThere, sent }) => `${whole(notThere)} of ${whole(sent)}`),
      perRun(`${fault}: … of these its sender or its books know`, fault, knownOf),
      perRun(`${fault}: started by hand`, fault, ({ startedByHand }) => String(startedByHand)),
    ]),
    perCost(
      `events a second from ${together} senders who wait (UDP: from one who does not, ${whole(mostDatagramsPerSecond)} a second at most)`,
      ({ eventsPerSecond }) => whole(eventsPerSecond),
    ),
    perCost('events a second of one core (door and database)', ({ eventsPerCpuSecond }) => whole(eventsPerCpuSecond)),
    perCost(
      'bytes on disk an event (and of write-ahead log)',
      (cost) => `${whole(cost.diskBytesPerEvent)} (${whole(cost.walBytesPerEvent)})`,
    ),
  ];
};

/** In the calm before the fault. */
const waitsOf = (runs: readonly FaultRun[]): string => {
  const calm = runs
    .flatMap(({ events }) => events.filter(({ at }) => at > 1 && at < traffic.faultAtSeconds - 0.5))
    .map(({ waitMs }) => waitMs);
  const sorted = calm.toSorted((left, right) => left - right);
  const at = (share: number): number => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? NaN;
  return `${milliseconds(at(0.5))} / ${milliseconds(at(0.99))}`;
};

/** A sender that got no 2xx knows, and may send again under the same id; one that gets none ever, does not. */
const knownOf = ({ isAnswered, notThere, acknowledgedAndLost, knownLost }: FaultRun): string => {
  if (isAnswered) return `${whole(notThere - acknowledgedAndLost)}: the sender`;
  return knownLost === null ? notKnown : `${whole(knownLost)}: the books`;
};

export const tableText = (comparison: Comparison): string => {
  const rows = [{ what: '', values: candidatesOf(comparison) }, ...tableOf(comparison)];
  const widths = [
    Math.max(...rows.map(({ what }) => what.length)),
    ...candidatesOf(comparison).map((_name, place) => Math.max(...rows.map(({ values }) => values[place]?.length ?? 0))),
  ];
  return rows
    .map(({ what, values }) =>
      [what, ...values]
        .map((cell, place) => cell.padEnd(widths[place] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
};

export const tableMarkdown = (comparison: Comparison): string =>
  [
    `| | ${candidatesOf(comparison).join(' | ')} |`,
    `|---|${candidatesOf(comparison)
      .map(() => '---|')
      .join('')}`,
    ...tableOf(comparison).map(({ what, values }) => `| ${what} | ${values.join(' | ')} |`),
  ].join('\n');

export const choices: readonly (readonly [need: string, choose: string])[] = [
  ['No event may be lost, and the sender can wait some milliseconds or has a client with a buffer', 'HTTP, group commit'],
  [
    'The sender may not wait or be slowed down at all, and some loss is borne as long as it is counted (counters, telemetry, clicks)',
    'UDP, group commit',
  ],
  [
    'A few events a second, by the team’s own hand, on a database that is there anyway; duplicates and restarts are handled elsewhere',
    'HTTP, one row a request',
  ],
];
