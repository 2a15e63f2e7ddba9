// The command line of parity, parsed once; a mistake becomes FL_USAGE.
import { resolve } from 'node:path';
import { Command, CommanderError, InvalidArgumentError } from 'commander';
import type { RuntimeName } from '../stack/running-stack.ts';
import { parseRuntime } from './stack-choices.ts';
import { usageError } from './usage-error.ts';
import { largestSeed } from './verify-options.ts';

export type ParityOptions = {
  /** A run that was recorded (`verify --record`); null: one is made first. */
  readonly runFolder: string | null;
  readonly scenarios: readonly string[];
  readonly runtimes: readonly [RuntimeName, RuntimeName];
  readonly seed: number;
  readonly generated: number;
  readonly reportFolder: string;
};

type Raw = { scenario: string[]; runtimes: [RuntimeName, RuntimeName]; seed: number; generated: number; report: string };

const defaultScenario = 'poison-messages';
const mostGenerated = 20_000;

const wholeNumber = (most: number) => (text: string) => {
  const number = Number(text);
  if (/^\d+$/.test(text) && number <= most) return number;
  throw new InvalidArgumentError(`It is a whole number from 0 to ${most}.`);
};

const twoRuntimes = (text: string): [RuntimeName, RuntimeName] => {
  const [one, other, ...more] = text.split(',').map(parseRuntime);
  if (one !== undefined && other !== undefined && more.length === 0 && one !== other) return [one, other];
  throw new InvalidArgumentError('Name two different runtimes, such as embedded,native.');
};

const createProgram = (write: (text: string) => void): Command =>
  new Command('parity')
    .description(
      'Replays the recorded OTLP of a run into two runtimes of the telemetry stack and compares their answers to every query of every dashboard, rule and scenario, and to generated ones.',
    )
    .argument('[run-folder]', 'a run made with `npm run verify -- --record` (default: a new one is made)')
    .option(
      '--scenario <name>',
      'what to run and record; may be given more than once',
      (name: string, before: string[]) => [...before, name],
      [],
    )
    .option('--runtimes <two>', 'the two to compare', twoRuntimes, ['embedded', 'native'])
    .option('--seed <number>', 'seed of the run and of the generated queries', wholeNumber(largestSeed), 1)
    .option('--generated <number>', 'generated queries in PromQL; a fifth of it in TraceQL and in LogQL', wholeNumber(mostGenerated), 500)
    .option('--report <folder>', 'where the folders of runs go', 'runs')
    .addHelpText('after', '\nExit codes: 0 no difference but allowed ones, 1 differences, 3 harness error or bad usage, 130 interrupted.\n')
    .exitOverride()
    .configureOutput({ writeOut: write, writeErr: () => {} });

export const parseParityOptions = (parameters: readonly string[]): ParityOptions | { readonly help: string } => {
  const written: string[] = [];
  const program = createProgram((text) => written.push(text));
  try {
    program.parse(parameters, { from: 'user' });
  } catch (error) {
    if (error instanceof CommanderError && error.exitCode === 0) return { help: written.join('') };
    throw usageError(error, program);
  }
  const { scenario, runtimes, seed, generated, report } = program.opts<Raw>();
  const [folder] = program.args;
  return {
    runFolder: folder === undefined ? null : resolve(folder),
    scenarios: scenario.length === 0 ? [defaultScenario] : scenario,
    runtimes,
    seed,
    generated,
    reportFolder: resolve(report),
  };
};
