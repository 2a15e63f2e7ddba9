// `npm run bench`: measures this machine, prints each figure beside what it was measured against. A figure out of its bound: exit 1.
import { writeFile } from 'node:fs/promises';
import { cpus } from 'node:os';
import { fileURLToPath } from 'node:url';
import { Command, CommanderError, InvalidArgumentError } from 'commander';
import { createBed, type Bed } from '../bench/bed.ts';
import { benchBackfill } from '../bench/backfill.ts';
import { benchDrainBacklog } from '../bench/drain-backlog.ts';
import type { Figure } from '../bench/figure.ts';
import { benchFreshness } from '../bench/freshness.ts';
import { benchFrozenServer } from '../bench/frozen-server.ts';
import { benchGeneratorRate, benchOpenLoop } from '../bench/generator-rate.ts';
import { benchIngestBatches } from '../bench/ingest-batches.ts';
import { benchIngestOne } from '../bench/ingest-one.ts';
import { benchSchemaCheck } from '../bench/schema-check.ts';
import { figureText } from '../bench/print-figure.ts';
import { benchJudge } from '../bench/judge-history.ts';
import { benchProxy } from '../bench/proxy.ts';
import { createBenchRebuild, usualRebuildEvents } from '../bench/rebuild/bench-rebuild.ts';
import { createBenchStored, usualStoredEvents } from '../bench/stored/bench-stored.ts';
import { benchTelemetry } from '../bench/telemetry.ts';
import { benchUdp } from '../bench/udp.ts';
import { explain } from '../engine/errors.ts';
import { watchProgram } from './interruption.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

type Bench = (bed: Bed, say: (text: string) => void) => Promise<readonly Figure[]>;

type Sizes = { readonly rebuildEvents: number; readonly storedEvents: number };

const benchesOf = ({ rebuildEvents, storedEvents }: Sizes): ReadonlyMap<string, Bench> =>
  new Map<string, Bench>([
    ['ingest-one', benchIngestOne],
    ['ingest-batches', benchIngestBatches],
    ['udp', benchUdp],
    ['schemas', benchSchemaCheck],
    ['workers', benchDrainBacklog],
    ['freshness', benchFreshness],
    ['telemetry', benchTelemetry],
    ['backfill', benchBackfill],
    ['proxy', benchProxy],
    ['rebuild', createBenchRebuild(rebuildEvents)],
    ['stored', createBenchStored(storedEvents)],
  ]);

/** Those that need nothing of the system. */
const withoutSystem = new Map<string, (say: (text: string) => void, signal: AbortSignal) => Promise<readonly Figure[]>>([
  ['frozen-server', benchFrozenServer],
  ['generator-rate', benchGeneratorRate],
  ['open-loop', benchOpenLoop],
  ['judge', benchJudge],
]);

const usualSizes: Sizes = { rebuildEvents: usualRebuildEvents, storedEvents: usualStoredEvents };

const names = [...benchesOf(usualSizes).keys(), ...withoutSystem.keys()];

type Options = Sizes & { readonly json?: string };

const parse = (parameters: readonly string[]): Options & { only: readonly string[] } => {
  const program = new Command('bench')
    .description('Measures throughput and latency on this machine, as ratios against something run beside it.')
    .argument('[name...]', `which to run (${names.join(', ')}; default: all)`)
    .option('--json <file>', 'write the figures as a list of {name, value, unit, against, ratio, bound, holds}')
    .option('--rebuild-events <number>', 'how long a log the rebuild has; its figure is of 1000000', events, usualSizes.rebuildEvents)
    .option(
      '--stored-events <number>',
      'how many events are stored where that is measured; its figure is of 10000000',
      events,
      usualSizes.storedEvents,
    )
    .exitOverride();
  program.parse(parameters, { from: 'user' });
  const unknown = program.args.filter((name) => !names.includes(name));
  if (unknown.length > 0) program.error(`error: no benchmark is named ${unknown.join(', ')}; there are ${names.join(', ')}`);
  return { only: program.args, ...program.opts<Options>() };
};

const events = (text: string): number => {
  const value = Number(text);
  if (/^\d+$/.test(text) && value >= 1000 && value <= 100_000_000) return value;
  throw new InvalidArgumentError('Give a whole number from 1000 to 100000000.');
};

const say = (text: string): void => console.error(`… ${text}`);

const measure = async (only: readonly string[], sizes: Sizes, signal: AbortSignal): Promise<readonly Figure[]> => {
  const benches = benchesOf(sizes);
  const isWanted = (name: string): boolean => only.length === 0 || only.includes(name);
  const figures: Figure[] = [];
  for (const [name, bench] of withoutSystem) {
    if (!isWanted(name)) continue;
    signal.throwIfAborted();
    figures.push(...(await bench(say, signal)));
  }
  return [...figures, ...([...benches.keys()].some(isWanted) ? await measureSystem(benches, isWanted, signal) : [])];
};

const measureSystem = async (
  benches: ReadonlyMap<string, Bench>,
  isWanted: (name: string) => boolean,
  signal: AbortSignal,
): Promise<readonly Figure[]> => {
  await using bed = await createBed(root, signal);
  const figures: Figure[] = [];
  for (const [name, bench] of benches) {
    if (!isWanted(name)) continue;
    signal.throwIfAborted();
    figures.push(...(await bench(bed, say)));
  }
  return figures;
};

const main = async (): Promise<number> => {
  using interrupted = watchProgram();
  try {
    const { only, json, ...sizes } = parse(process.argv.slice(2));
    console.log(`faultline bench on ${cpus().length} × ${cpus()[0]?.model ?? 'unknown processor'}, Node ${process.versions.node}`);
    const figures = await measure(only, sizes, interrupted.signal);
    for (const figure of figures) console.log(figureText(figure));
    if (json !== undefined) await writeFile(json, `${JSON.stringify(figures, null, 2)}\n`);
    return figures.every(({ holds }) => holds !== false) ? 0 : 1;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 3;
    console.error(`bench: ${explain(error)}`);
    return interrupted.signal.aborted ? 130 : 3;
  }
};

process.exitCode = await main();
