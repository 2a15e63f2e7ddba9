// The command line of stack, parsed once: up, down or status, and what they are told.
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { Argument, Command, CommanderError, InvalidArgumentError, Option } from 'commander';
import { HarnessError } from '../engine/errors.ts';
import { attachHelp } from '../stack/attach/attach-settings.ts';
import { type RuntimeName, runtimeNames } from '../stack/running-stack.ts';
import type { StackPart } from '../stack/tested-versions.ts';
import { parseRuntime, parseWithout } from './stack-choices.ts';
import { usageError } from './usage-error.ts';

const commands = ['up', 'down', 'status'] as const;

export type StackCommandOptions = {
  readonly command: (typeof commands)[number];
  readonly runtime: RuntimeName;
  /** Of the embedded runtime. */
  readonly port: number | null;
  readonly without: readonly StackPart[];
  /** Evaluated each second, instead of those for production. */
  readonly rules: readonly string[];
  readonly detach: boolean;
  readonly json: boolean;
  /** Where its state, its logs and what it keeps are. */
  readonly folder: string;
};

type Raw = {
  runtime: RuntimeName;
  port?: number;
  without: readonly StackPart[];
  rules: readonly string[];
  detach?: true;
  json?: true;
  folder: string;
};

export const parseStackOptions = (parameters: readonly string[]): StackCommandOptions | { readonly help: string } => {
  const written: string[] = [];
  const program = createProgram((text) => written.push(text));
  try {
    program.parse(parameters, { from: 'user' });
  } catch (error) {
    if (error instanceof CommanderError && error.exitCode === 0) return { help: written.join('') };
    throw usageError(error, program);
  }
  const { runtime, port = null, without, rules, detach, json, folder } = program.opts<Raw>();
  const command = program.args[0] as StackCommandOptions['command'];
  if (runtime === 'attach') throw usage('an existing stack is not started or ended here; --runtime attach is for npm run verify');
  if (port !== null && runtime !== 'embedded')
    throw usage(`--port is for the embedded runtime, which has one; of the others each has a variable, as in FAULTLINE_PROMETHEUS_PORT`);
  return { command, runtime, port, without, rules, detach: detach === true, json: json === true, folder: resolve(folder) };
};

const usage = (message: string): HarnessError => new HarnessError('FL_USAGE', `${message}. See: npm run stack -- --help`);

const createProgram = (write: (text: string) => void): Command =>
  new Command('stack')
    .description('Runs the telemetry stack by itself: for drills, for dashboards, beside npm start.')
    .addArgument(new Argument('<command>', 'up starts it and waits for Ctrl-C; status says what runs; down ends it').choices(commands))
    .option('--runtime <name>', `which one to start: ${runtimeNames.slice(0, 3).join(', ')}`, parseRuntime, 'embedded')
    .option('--port <number>', 'where the embedded runtime listens (default: 4318)', parsePort)
    .option('--without <part>', 'a part that is not started: grafana', parseWithout, [])
    .option('--rules <file>', 'alert rules to evaluate each second, instead of those for production; may be given again', parseRules, [])
    .option('--detach', 'up comes back once everything is ready; it runs on until down')
    .option('--json', 'status as JSON on stdout')
    .addOption(new Option('--folder <folder>', 'where its state, logs and data are').default('.faultline/stack').hideHelp())
    .addHelpText('after', runtimesHelp)
    .allowExcessArguments(false)
    .exitOverride()
    .configureOutput({ writeOut: write, writeErr: () => {} });

const runtimesHelp = `
Runtimes, here and in npm run verify -- --runtime NAME:
  embedded  one Node process that takes OTLP in and answers as Prometheus, Tempo and Loki do; in memory
  native    prometheus, tempo, loki and, where it is there, grafana-server from PATH, or named by
            FAULTLINE_PROMETHEUS, FAULTLINE_TEMPO, FAULTLINE_LOKI, FAULTLINE_GRAFANA
  docker    docker-compose.observability.yml
  attach    a stack of yours, for npm run verify alone. It is found by variables:
${attachHelp}

Ports of native and docker in up: FAULTLINE_PROMETHEUS_PORT (9090), FAULTLINE_TEMPO_PORT (3200),
FAULTLINE_TEMPO_OTLP_PORT (4318), FAULTLINE_LOKI_PORT (3100), FAULTLINE_GRAFANA_PORT (3000).

Exit codes: 0 done (status: all of it is up), 1 status: not, or not all of it; 3 it could not be done; 130 ended by Ctrl-C
`;

const parseRules = (typed: string, before: readonly string[]): readonly string[] => {
  if (existsSync(typed)) return [...before, resolve(typed)];
  throw new InvalidArgumentError(`There is no file ${typed}.`);
};

const parsePort = (text: string): number => {
  const port = Number(text);
  if (/^\d+$/.test(text) && port <= 65_535) return port;
  throw new InvalidArgumentError('A port is a whole number from 0 to 65535; 0 takes a free one.');
};
