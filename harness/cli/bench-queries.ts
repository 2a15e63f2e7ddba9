// `npm run bench:queries`: the embedded runtime's own figures on this machine, beside a real Prometheus where there is one. A figure out of its bound: exit 1.
import { writeFile } from 'node:fs/promises';
import { cpus, loadavg } from 'node:os';
import { Command, CommanderError, InvalidArgumentError } from 'commander';
import { figureText } from '../bench/print-figure.ts';
import { benchQueries } from '../bench/queries/bench-queries.ts';
import { createWorkshop } from '../bench/workshop.ts';
import { explain } from '../engine/errors.ts';
import { watchProgram } from './interruption.ts';

type Chosen = { readonly json?: string; readonly seconds: number; readonly rounds: number };

const starts = 5;

const whole =
  (least: number, most: number) =>
  (text: string): number => {
    const number = Number(text);
    if (!Number.isInteger(number) || number < least || number > most)
      throw new InvalidArgumentError(`give a whole number from ${least} to ${most}`);
    return number;
  };

const parse = (parameters: readonly string[]): Chosen =>
  new Command('bench:queries')
    .description(
      'Measures the embedded telemetry stack: start, ingest, memory, and the time of the dashboards’ queries against a real Prometheus.',
    )
    .option('--json <file>', 'write the figures as a list of {name, value, unit, against, ratio, bound, holds}')
    .option('--seconds <n>', 'of history, at one export a second; memory is judged with 900 or more', whole(20, 3_000), 900)
    .option('--rounds <n>', 'how often each query is asked at least; quick ones up to five times as often', whole(1, 101), 5)
    .exitOverride()
    .parse(parameters, { from: 'user' })
    .opts<Chosen>();

const measure = async ({ seconds, rounds }: Chosen, signal: AbortSignal) => {
  await using workshop = await createWorkshop();
  const say = (text: string): void => console.error(`… ${text}`);
  return await benchQueries({ workshop, signal, say, environment: process.env, nowMs: Date.now, historySeconds: seconds, rounds, starts });
};

const main = async (): Promise<number> => {
  using interrupted = watchProgram();
  try {
    const chosen = parse(process.argv.slice(2));
    const load = loadavg()[0]!.toFixed(1);
    console.log(
      `faultline bench:queries on ${cpus().length} × ${cpus()[0]?.model ?? 'unknown processor'}, Node ${process.versions.node}, load ${load} before`,
    );
    const figures = await measure(chosen, interrupted.signal);
    for (const figure of figures) console.log(figureText(figure));
    if (chosen.json !== undefined) await writeFile(chosen.json, `${JSON.stringify(figures, null, 2)}\n`);
    return figures.every(({ holds }) => holds !== false) ? 0 : 1;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 3;
    console.error(`bench:queries: ${explain(error)}`);
    return interrupted.signal.aborted ? 130 : 3;
  }
};

process.exitCode = await main();
