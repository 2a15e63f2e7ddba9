// The command line of verify, parsed once. A mistake becomes FL_USAGE with the names that come near; it never becomes a stack trace.
import { resolve } from 'node:path';
import { Command, CommanderError, InvalidArgumentError, Option } from 'commander';
import { HarnessError } from '../engine/errors.ts';
import { exitCodeHelp } from './exit-codes.ts';
import { soakMinutes } from './soak.ts';
import { parseRuntime, parseWithout } from './stack-choices.ts';
import { usageError } from './usage-error.ts';
import { type RuntimeName, runtimeNames } from '../stack/running-stack.ts';
import type { StackPart } from '../stack/tested-versions.ts';

export type VerifyOptions = {
  /** Empty: the default set. */
  readonly scenarios: readonly string[];
  /** Those outside of the default set too. */
  readonly all: boolean;
  /** Instead of scenarios from files, one that is made from the seed; null: none. */
  readonly soak: { readonly minutes: number; readonly ratePerSecond: number } | null;
  /** A system of one's own, and its scenarios; null: faultline and its own. */
  readonly targetFile: string | null;
  readonly scenariosFolder: string | null;
  readonly seed: number;
  readonly list: boolean;
  readonly plan: boolean;
  readonly keep: boolean;
  readonly json: boolean;
  /** Keep every OTLP request of the run in its folder. */
  readonly record: boolean;
  /** Where the folders of runs go. */
  readonly reportFolder: string;
  readonly runtime: RuntimeName;
  /** Parts of the telemetry stack that are not started. */
  readonly without: readonly StackPart[];
  /** Another folder with the system's own code in it; for planted defects. */
  readonly systemFolder: string | null;
};

export const largestSeed = 2 ** 31 - 1;

type Raw = {
  seed?: number;
  list?: true;
  all?: true;
  soak?: number;
  rate?: number;
  target?: string;
  scenarios?: string;
  plan?: true;
  keep?: true;
  json?: true;
  record?: true;
  report: string;
  runtime: RuntimeName;
  without: readonly StackPart[];
  system?: string;
};

/** What --help prints is returned as text instead: nothing here writes or exits. */
export const parseVerifyOptions = (
  parameters: readonly string[],
  environment: Readonly<Record<string, string | undefined>>,
  random: () => number,
): VerifyOptions | { readonly help: string } => {
  const written: string[] = [];
  const program = createProgram((text) => written.push(text));
  try {
    program.parse(parameters, { from: 'user' });
  } catch (error) {
    if (error instanceof CommanderError && error.exitCode === 0) return { help: written.join('') };
    throw usageError(error, program);
  }
  return toOptions(program, environment, random);
};

const toOptions = (program: Command, environment: Readonly<Record<string, string | undefined>>, random: () => number): VerifyOptions => {
  const raw = program.opts<Raw>();
  checkTogether(raw, program.args);
  const system = raw.system ?? environment['FAULTLINE_SYSTEM_DIR'] ?? '';
  return {
    scenarios: [...new Set(program.args)],
    seed: raw.seed ?? Math.floor(random() * largestSeed),
    all: raw.all === true,
    soak: raw.soak === undefined ? null : { minutes: raw.soak, ratePerSecond: raw.rate ?? 800 },
    targetFile: raw.target === undefined ? null : resolve(raw.target),
    scenariosFolder: raw.scenarios === undefined ? null : resolve(raw.scenarios),
    list: raw.list === true,
    plan: raw.plan === true,
    keep: raw.keep === true,
    json: raw.json === true,
    record: raw.record === true,
    reportFolder: resolve(raw.report),
    runtime: raw.runtime,
    without: raw.without,
    systemFolder: system === '' ? null : resolve(system),
  };
};

/** What would have no effect is a mistake: who wrote it meant something by it. */
const checkTogether = ({ all, soak, rate }: Raw, scenarios: readonly string[]): void => {
  const mistake = (text: string): HarnessError => new HarnessError('FL_USAGE', `${text} See: npm run verify -- --help`);
  if (rate !== undefined && soak === undefined)
    throw mistake('--rate is that of a soak: add --soak, or leave it out, for a scenario has rates of its own.');
  if (all === true && scenarios.length > 0) throw mistake('--all runs every scenario: name none beside it, or leave --all out.');
};

const createProgram = (write: (text: string) => void): Command =>
  new Command('verify')
    .description('Runs scenarios against the system, with real processes, faults and telemetry, and gives a verdict on each.')
    .argument('[scenario...]', 'which scenarios to run (default: those of the default set; --list names them)')
    .option('--seed <number>', 'repeat the traffic of an earlier run (default: a random one, printed)', parseSeed)
    .option('--all', 'run the scenarios outside of the default set too')
    .option(
      '--soak <minutes>',
      `one long scenario instead, with random faults that the seed decides: from ${soakMinutes.least} to ${soakMinutes.most} minutes`,
      parseMinutes,
    )
    .option('--rate <number>', 'events a second of the soak (default: 800)', parseRate)
    .option('--target <file>', 'a target file: run against a system of your own (docs/own-system.md)')
    .option('--scenarios <folder>', 'where the scenarios are (default: beside the target file)')
    .option('--list', 'name the scenarios and stop')
    .option('--plan', 'show phases, traffic, faults and expectations on a timeline; run nothing')
    .option(
      '--keep',
      'leave the last scenario of the run up (each before it is taken down, as each gets a fresh system), print its addresses, and wait for Ctrl-C',
    )
    .option('--report <folder>', 'where the folders of runs go', 'runs')
    .option(
      '--runtime <name>',
      `the telemetry stack: ${runtimeNames.join(', ')} (what each is: npm run stack -- --help)`,
      parseRuntime,
      'embedded',
    )
    .option('--without <part>', 'a part of the telemetry stack that is not started: grafana; may be given again', parseWithout, [])
    .option('--json', 'the verdict as JSON on stdout; progress goes to stderr')
    .option('--record', 'keep all OTLP of the run in its folder (otlp.ndjson), for `npm run parity`')
    .addOption(new Option('--system <folder>', 'start the system from this folder instead of ./system').hideHelp())
    .addHelpText('after', exitCodeHelp)
    .exitOverride()
    .configureOutput({ writeOut: write, writeErr: () => {} });

const parseMinutes = (text: string): number => {
  const minutes = Number(text);
  if (/^\d+(?:\.\d+)?$/.test(text) && minutes >= soakMinutes.least && minutes <= soakMinutes.most) return minutes;
  throw new InvalidArgumentError(`A soak takes from ${soakMinutes.least} to ${soakMinutes.most} minutes.`);
};

const parseRate = (text: string): number => {
  const rate = Number(text);
  if (/^\d+$/.test(text) && rate >= 1) return rate;
  throw new InvalidArgumentError('A rate is a whole number of events a second, 1 or more.');
};

const parseSeed = (text: string): number => {
  const seed = Number(text);
  if (/^\d+$/.test(text) && seed <= largestSeed) return seed;
  throw new InvalidArgumentError(`A seed is a whole number from 0 to ${largestSeed}.`);
};
