// Test support: a run that two processes have consumed elsewhere: the first dies to the others with work in hand, and comes back as a zombie.
import type { ConsumedLine } from '../../history/consumed-line.ts';
import type { FinalRow } from '../../history/final-state.ts';
import type { RowOf } from '../../history/run-index.ts';
import type { SimulatedRun } from './simulated-run.ts';

/** Of each lane the first is given all but one, and has checkpointed all but three; the second has it from there. */
export const withConsumers = (run: SimulatedRun): SimulatedRun => {
  const { zeroAt } = run.timeline;
  const log = run.finalState.filter((row): row is RowOf<'log'> => row.kind === 'log');
  const lanes = [...Map.groupBy(log, ({ lane }) => lane).values()].filter((rows) => rows.length > 3);
  const places = lanes.map((rows) => ({ rows, lane: rows[0]!.lane, saved: rows.length - 3, given: rows.length - 1, head: rows.length }));
  const rows = places.map(({ lane, head }): FinalRow => ({
    kind: 'consumer-lane',
    consumer: 'elsewhere',
    lane,
    position: head,
    epoch: 2,
    head,
  }));
  const ids = new Set(lanes.flat().map(({ id }) => id));
  return {
    ...run,
    plan: { ...run.plan, scenario: { ...run.plan.scenario, consumers } },
    consumed: { complete: true, rows: [...zombie(places, zeroAt), ...heir(places, zeroAt)] },
    finalState: [...run.finalState.filter((row) => row.kind !== 'log' || ids.has(row.id)), ...rows],
    books:
      run.books === null
        ? null
        : { ...run.books, rows: run.books.rows.map((sample) => ({ ...sample, consumers: [bookAt(log, sample.at)] })) },
    signals: run.signals === null ? null : signalsWith(run.signals, log, places.length, zeroAt),
  };
};

const consumers = { instances: ['client', 'stream'], leaseMs: 2000, handleMs: 1, checkpointMs: 100 } as const;

type Place = {
  readonly rows: readonly RowOf<'log'>[];
  readonly lane: number;
  readonly saved: number;
  readonly given: number;
  readonly head: number;
};
type Said = Omit<ConsumedLine, 'by' | 'at'>;

const saying = (by: string, lines: readonly (readonly [at: number, line: Said])[]): readonly ConsumedLine[] =>
  lines.map(([at, line]) => ({ by, at, ...line }) as ConsumedLine);

const worked = (at: number, epoch: number, { rows, lane }: Place, from: number, to: number): (readonly [number, Said])[] =>
  rows
    .slice(from, to)
    .flatMap(({ position, id, systemName, objectId }) => [
      [at, { kind: 'given', lane, epoch, position, id, systemName, objectId } as Said] as const,
      [at, { kind: 'done', lane, epoch, position } as Said] as const,
    ]);

const checkpointed = (
  at: number,
  n: number,
  epoch: number,
  asked: readonly (readonly [Place, from: number, to: number])[],
  outcome: string,
) =>
  [
    [at, { kind: 'checkpoint', n, lanes: asked.map(([{ lane }, from, to]) => ({ lane, epoch, from, to })) } as Said],
    [at + 1, { kind: 'answered', n, results: asked.map(([{ lane }, , to]) => ({ lane, outcome, position: to, epoch: 2 })) } as Said],
  ] as const;

const leased = (at: number, epoch: number, lanes: readonly (readonly [Place, position: number])[]) =>
  [
    at + 1,
    { kind: 'leased', askedAt: at, lanes: lanes.map(([{ lane }, position]) => ({ lane, epoch, position, ending: false })) } as Said,
  ] as const;

const began = (at: number, index: number) =>
  [at, { kind: 'began', index, door: consumers.instances[index], leaseMs: consumers.leaseMs } as Said] as const;

const zombie = (places: readonly Place[], zeroAt: number): readonly ConsumedLine[] =>
  saying('consumer-0-1', [
    began(zeroAt - 100, 0),
    leased(
      zeroAt + 6000,
      1,
      places.map((place) => [place, 0] as const),
    ),
    ...places.flatMap((place) => worked(zeroAt + 6100, 1, place, 0, place.saved)),
    ...checkpointed(
      zeroAt + 6200,
      1,
      1,
      places.map((place) => [place, 0, place.saved] as const),
      'moved',
    ),
    ...places.flatMap((place) => worked(zeroAt + 6300, 1, place, place.saved, place.given)),
    ...checkpointed(
      zeroAt + 11_000,
      2,
      1,
      places.map((place) => [place, place.saved, place.given] as const),
      'fenced',
    ),
    [zeroAt + 11_100, { kind: 'ended' } as Said],
  ]);

const heir = (places: readonly Place[], zeroAt: number): readonly ConsumedLine[] =>
  saying('consumer-1-1', [
    began(zeroAt - 100, 1),
    leased(
      zeroAt + 9000,
      2,
      places.map((place) => [place, place.saved] as const),
    ),
    ...places.flatMap((place) => worked(zeroAt + 9100, 2, place, place.saved, place.head)),
    ...checkpointed(
      zeroAt + 9200,
      1,
      2,
      places.map((place) => [place, place.saved, place.head] as const),
      'moved',
    ),
    [zeroAt + 9300, { kind: 'ended' } as Said],
  ]);

const headAt = (log: readonly RowOf<'log'>[], at: number): number => log.filter(({ appendedAt }) => appendedAt <= at).length;
const bookAt = (log: readonly RowOf<'log'>[], at: number) => ({ at, consumer: 'elsewhere', head: headAt(log, at), position: 0 });

const signalsWith = (
  signals: NonNullable<SimulatedRun['signals']>,
  log: readonly RowOf<'log'>[],
  lanes: number,
  zeroAt: number,
): NonNullable<SimulatedRun['signals']> => {
  const final = (signal: string, values: readonly (readonly [Record<string, string>, number])[]) => ({
    signal,
    promql: signal,
    series: values.map(([labels, value]) => ({ labels, samples: [[zeroAt / 1000 + 60, value] as const] })),
  });
  const steps = Array.from({ length: 12 }, (_unused, step) => zeroAt + (step + 1) * 500);
  const lag = steps.map((at) => [at / 1000, headAt(log, at)] as const);
  const series = [{ labels: { faultline_consumer: 'elsewhere' }, samples: lag }];
  return {
    ...signals,
    finals: [
      ...signals.finals,
      final('faultline.consumer.lag', [[{ faultline_consumer: 'elsewhere' }, 0]]),
      final('faultline.consumer.checkpoints', [
        [{ faultline_outcome: 'moved' }, 2 * lanes],
        [{ faultline_outcome: 'fenced' }, lanes],
      ]),
    ],
    plots: [...signals.plots, { name: 'consumer-lag', unit: 'events', promql: 'faultline_consumer_lag', series }],
  };
};
