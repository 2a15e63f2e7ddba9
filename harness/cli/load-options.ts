// The command line of load: every mistake is found before anything is sent, and all are told at once.
import { randomInt } from 'node:crypto';
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { type Command, CommanderError } from 'commander';
import { defaultRetries, type RetryPolicy } from '../drivers/http/retry-policy.ts';
import { HarnessError } from '../engine/errors.ts';
import { probeStages } from '../load/capacity/find-capacity.ts';
import type { SearchOptions } from '../load/capacity/search.ts';
import { type ArrivalKind, arrivalKinds } from '../load/plan/arrival-times.ts';
import { highestRate, type Stage, totalArrivals, totalSeconds } from '../load/plan/stage.ts';
import { phaseOfScript } from '../load/k6-player.ts';
import { readStatuses } from '../load/read-values.ts';
import { createRequestMaker } from '../load/request/make-requests.ts';
import type { RequestSource } from '../load/request/request-source.ts';
import { whyUnsendable } from '../load/request/unsendable.ts';
import { parseSlo } from '../load/slo/parse-slo.ts';
import type { Slo } from '../load/slo/slo.ts';
import { createLoadProgram, type LoadFlags } from './load-flags.ts';
import { createFlagReader, type FlagReader } from './load-reader.ts';
import { readRequest } from './load-request.ts';
import { readStages } from './load-shape.ts';
import { withoutEffect } from './load-together.ts';
import { didYouMean } from './near-names.ts';
import { usageError } from './usage-error.ts';

export const loadDrivers = ['http', 'k6', 'autocannon'] as const;
export type LoadDriverName = (typeof loadDrivers)[number];

export type LoadOptions = {
  readonly target: URL;
  readonly driver: LoadDriverName;
  readonly request: RequestSource;
  readonly stages: readonly Stage[];
  readonly arrivals: ArrivalKind;
  readonly seed: number;
  readonly slos: readonly Slo[];
  readonly okStatuses: readonly (readonly [number, number])[];
  readonly timeoutMs: number;
  readonly connections: number;
  readonly processes: number;
  readonly retry: RetryPolicy | null;
  /** Null: the plan is played once. */
  readonly capacity: (SearchOptions & { readonly settleSeconds: number; readonly probeSeconds: number }) | null;
  readonly mostSeconds: number;
  readonly compareFile: string | null;
  readonly tolerance: number;
  readonly script: string | null;
  readonly telemetryUrl: string | null;
  readonly reportFolder: string;
  readonly planOnly: boolean;
  readonly json: boolean;
};

const defaultSlos = ['errors<1%'];
/** A target that queues what it can't answer has no errors: only that it falls behind shows that a rate is too high for it. */
const defaultCapacitySlos = ['errors<1%', 'throughput>=95%'];
const largestSeed = 2 ** 31 - 1;

export const parseLoadOptions = (parameters: readonly string[]): LoadOptions | { readonly help: string } => {
  const written: string[] = [];
  const program = createLoadProgram((text) => written.push(text));
  try {
    program.parse(parameters, { from: 'user' });
  } catch (error) {
    if (error instanceof CommanderError && error.exitCode === 0) return { help: written.join('') };
    throw usageError(error, program);
  }
  const reader = createFlagReader();
  reader.problems.push(...unknownFlags(program));
  const options = readOptions(program.opts<LoadFlags>(), givenFlags(program), reader);
  if (reader.problems.length > 0 || options === null) throw mistakes(reader.problems);
  return options;
};

/** As they are written; what has its default is not among them. */
const givenFlags = (program: Command): ReadonlySet<string> =>
  new Set(program.options.flatMap((option) => (program.getOptionValueSource(option.attributeName()) === 'cli' ? (option.long ?? []) : [])));

const unknownFlags = (program: Command): readonly string[] => {
  const flags = ['--help', ...program.options.flatMap(({ long }) => long ?? [])];
  return program.args
    .filter((word, index) => word.startsWith('-') || !(program.args[index - 1] ?? '').startsWith('-'))
    .map((word) =>
      word.startsWith('-') ? `there is no flag ${word}.${didYouMean(word.split('=')[0] ?? word, flags)}` : `"${word}" belongs to no flag`,
    );
};

const mistakes = (problems: readonly string[]): HarnessError => {
  const [only] = problems;
  const text = problems.length === 1 ? only : `${problems.length} mistakes:\n${problems.map((problem) => `  - ${problem}`).join('\n')}\n`;
  return new HarnessError('FL_USAGE', `${text} See: npm run load -- --help`);
};

const readOptions = (flags: LoadFlags, given: ReadonlySet<string>, reader: FlagReader): LoadOptions | null => {
  const read = readRequest(flags, reader);
  const stages = readStages(flags, reader);
  const driver = reader.oneOf('--driver', flags.driver, loadDrivers);
  const arrivals = reader.oneOf('--arrivals', flags.arrivals, arrivalKinds);
  const options: LoadOptions = {
    target: read?.target ?? new URL('http://127.0.0.1'),
    request: read?.request ?? noRequest,
    driver,
    stages,
    arrivals,
    seed: flags.seed === undefined ? randomInt(largestSeed) : reader.whole('--seed', flags.seed, 0, largestSeed),
    slos: readSlos(flags, stages, reader),
    okStatuses: reader.value('--ok', flags.ok, readStatuses, 'statuses as in 200-399,404'),
    timeoutMs: reader.seconds('--timeout', flags.timeout) * 1000,
    connections: reader.whole('--connections', flags.connections, 1, 20_000),
    processes: reader.whole('--processes', flags.processes, 1, 64),
    retry: readRetry(reader.whole('--retries', flags.retries, 0, 10)),
    capacity: flags.findCapacity === true ? readCapacity(flags, stages, reader) : null,
    mostSeconds: reader.seconds('--most-duration', flags.mostDuration),
    compareFile: readFile('--compare', flags.compare, reader),
    tolerance: reader.share('--tolerance', flags.tolerance),
    script: readFile('--script', flags.script, reader),
    telemetryUrl: readTelemetry(flags, reader),
    reportFolder: resolve(flags.report),
    planOnly: flags.plan === true,
    json: flags.json === true,
  };
  checkBounds(options, reader.whole('--most-requests', flags.mostRequests, 1, 100_000_000), reader);
  reader.problems.push(...withoutEffect(given, options));
  // What k6 and autocannon refuse is their own matter; and a request can be made only where all else is right.
  if (reader.problems.length === 0 && driver === 'http')
    reader.problems.push(...whyUnsendable(options.request, createRequestMaker(options.request, options.seed)(0, 0)));
  return read === null ? null : options;
};

const noRequest: RequestSource = {
  method: 'GET',
  origin: '',
  path: '',
  headers: [],
  body: null,
  keys: { kind: 'uniform', count: 1 },
  batch: null,
};

const readRetry = (retries: number): RetryPolicy | null => (retries > 0 ? defaultRetries(retries + 1) : null);

const readFile = (flag: string, file: string | undefined, reader: FlagReader): string | null => {
  if (file === undefined) return null;
  if (existsSync(file)) return resolve(file);
  reader.problems.push(`${flag}: there is no file ${file}`);
  return null;
};

const readTelemetry = ({ telemetry }: LoadFlags, { problems }: FlagReader): string | null => {
  if (telemetry === undefined) return null;
  if (!/^https?:$/.test(URL.parse(telemetry)?.protocol ?? ''))
    problems.push(`--telemetry ${telemetry}: expected a URL with http:// or https://, as npm run stack -- up prints it`);
  return telemetry;
};

const readSlos = (flags: LoadFlags, stages: readonly Stage[], { problems }: FlagReader): readonly Slo[] => {
  const usual = flags.findCapacity === true ? defaultCapacitySlos : defaultSlos;
  return (flags.slo.length === 0 ? usual : flags.slo).flatMap((text) => {
    const read = parseSlo(text, didYouMean);
    if ('problem' in read) {
      problems.push(`--slo ${read.problem}`);
      return [];
    }
    const names = phaseNames(flags, stages);
    const { phase } = read.slo;
    if (phase !== null && !names.includes(phase))
      problems.push(`--slo "${text}": there is no phase ${phase}.${didYouMean(phase, names)} There are ${names.join(', ')}.`);
    return [read.slo];
  });
};

/** What is measured has these phases: a search its probes, a script of the user's own no other than itself. */
const phaseNames = ({ findCapacity, script }: LoadFlags, stages: readonly Stage[]): readonly string[] => {
  if (findCapacity === true) return ['probe'];
  return script === undefined ? stages.map(({ name }) => name) : [phaseOfScript];
};

const readCapacity = (flags: LoadFlags, stages: readonly Stage[], reader: FlagReader): LoadOptions['capacity'] => ({
  startPerSecond: stages[0]?.fromPerSecond ?? 50,
  lowestPerSecond: 1,
  mostPerSecond: reader.rate('--most-rate', flags.mostRate),
  precision: Math.max(0.01, reader.share('--precision', flags.precision)),
  settleSeconds: reader.seconds('--settle', flags.settle),
  probeSeconds: reader.seconds('--probe', flags.probe),
});

/** Bounded in time and number, whatever is asked for. */
const checkBounds = ({ stages, slos, mostSeconds, capacity }: LoadOptions, mostRequests: number, { problems }: FlagReader): void => {
  const seconds = capacity === null ? totalSeconds(stages) : capacity.settleSeconds + capacity.probeSeconds;
  if (capacity !== null) problems.push(...capacityProblems({ ...capacity, slos }, mostSeconds));
  const requests = capacity === null ? totalArrivals(stages) : capacity.mostPerSecond * seconds;
  if (seconds > mostSeconds)
    problems.push(`the plan lasts ${seconds} s, and at most ${mostSeconds} s are allowed: raise --most-duration if you mean it`);
  if (requests > mostRequests)
    problems.push(
      `the plan has up to ${Math.round(requests)} requests${capacity === null ? '' : ' in one probe'}, and at most ${mostRequests} are allowed: raise --most-requests if you mean it`,
    );
  if (capacity === null && stages.length > 0 && requests < 1)
    problems.push('the plan has not a single request: raise --rate or --duration');
  if (highestRate(stages) > 200_000) problems.push(`a rate of ${highestRate(stages)}/s is beyond what any generator here can send`);
};

const capacityProblems = (capacity: Parameters<typeof probeStages>[1] & SearchOptions, mostSeconds: number): readonly string[] => {
  const { startPerSecond, mostPerSecond, settleSeconds, probeSeconds } = capacity;
  if (startPerSecond <= 0) return ['--rate 0: --find-capacity doubles the rate that it begins with, which must be above 0'];
  if (mostPerSecond < startPerSecond)
    return [`--most-rate ${mostPerSecond}: --find-capacity begins at ${startPerSecond}/s (--rate), which is beyond it`];
  const seconds = totalSeconds(probeStages(startPerSecond, capacity));
  if (seconds <= mostSeconds || settleSeconds + probeSeconds > mostSeconds) return [];
  return [
    `the first probe, at ${startPerSecond}/s, lasts ${Number(seconds.toFixed(1))} s until its percentiles can say something, and at most ${mostSeconds} s are allowed: begin with a higher --rate, ask for lower percentiles, or raise --most-duration`,
  ];
};
