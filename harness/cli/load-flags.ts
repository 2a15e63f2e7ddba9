// The flags of load, as commander has them. Values stay text here: all of them are judged together in load-options.ts, so that every mistake is told at once.
import { Command, Option } from 'commander';
import { placeholders } from '../load/request/template.ts';

export type LoadFlags = {
  readonly target?: string;
  readonly driver: string;
  readonly method?: string;
  readonly header: readonly string[];
  readonly body?: string;
  readonly bodyFile?: string;
  readonly keys: string;
  readonly batch?: string;
  readonly batchAs: string;
  readonly ok: string;
  readonly rate?: string;
  readonly duration?: string;
  readonly shape: string;
  readonly to?: string;
  readonly steps?: string;
  readonly spike?: string;
  readonly warmUp?: string;
  readonly phase: readonly string[];
  readonly arrivals: string;
  readonly seed?: string;
  readonly slo: readonly string[];
  readonly timeout: string;
  readonly connections: string;
  readonly processes: string;
  readonly retries: string;
  readonly findCapacity?: true;
  readonly mostRate: string;
  readonly settle: string;
  readonly probe: string;
  readonly precision: string;
  readonly compare?: string;
  readonly tolerance: string;
  readonly script?: string;
  readonly telemetry?: string;
  readonly permittedHost: readonly string[];
  readonly mostDuration: string;
  readonly mostRequests: string;
  readonly report: string;
  readonly plan?: true;
  readonly json?: true;
};

const again = (value: string, before: readonly string[]): readonly string[] => [...before, value];

/** Unknown flags are left in its `args`: they are told with all other mistakes. */
export const createLoadProgram = (write: (text: string) => void): Command => {
  const program = new Command('load').description(
    'Sends requests to an HTTP endpoint at planned times, however slow it answers, and judges what came of it.',
  );
  addRequestFlags(program);
  addShapeFlags(program);
  addJudgingFlags(program);
  addRunFlags(program);
  return program
    .addHelpText('after', help)
    .allowUnknownOption()
    .allowExcessArguments()
    .exitOverride()
    .configureOutput({ writeOut: write, writeErr: () => {} });
};

const addRequestFlags = (program: Command): Command =>
  program
    .option('--target <url>', 'where to send: http://127.0.0.1:4000/events')
    .option('--method <name>', 'default: POST with a body, GET without')
    .option('--header <name: value>', 'may be given again; values are in no file of the run', again, [])
    .option('--body <text>', 'the body; placeholders are filled for each request')
    .option('--body-file <file>', 'the same, from a file')
    .option('--keys <keys>', 'what {{key}} is drawn from: uniform:1000, zipf:1000:1.1, or hot:1000:5:80%', 'uniform:1000')
    .option('--batch <n>', 'that many bodies in one request')
    .option('--batch-as <form>', 'json: an array of them; ndjson: one a line', 'json')
    .option('--ok <statuses>', 'which answers are no error', '200-399');

const addShapeFlags = (program: Command): Command =>
  program
    .option('--rate <n>', 'requests a second (default: 50)')
    .option('--duration <time>', 'of the whole shape: 500ms, 30s, 2m (default: 10s)')
    .option('--shape <name>', 'constant, ramp, step or spike', 'constant')
    .option('--to <n>', 'the rate at the end of a ramp, of the last step, of the spike')
    .option('--steps <n>', 'how many (default: 5)')
    .option('--spike <time>', 'how long it lasts, in the middle (default: a fifth of the duration)')
    .option('--warm-up <time>', 'before it, at the first rate; measured, never judged')
    .option('--phase <phase>', 'a shape of your own, instead: name=100/s,10s or name=100..500/s,10s; may be given again', again, [])
    .option('--arrivals <kind>', 'constant: evenly spaced; poisson: as independent users come', 'constant')
    .option('--seed <n>', 'repeats times, keys and bodies of an earlier run (default: a random one, printed)');

const addJudgingFlags = (program: Command): Command =>
  program
    .option(
      '--slo <gate>',
      'p99<200ms, errors<0.1%, throughput>950/s, throughput>=95% (of what was sent), spike:p99<1s for one phase; may be given again (default: errors<1%, with --find-capacity throughput>=95% too)',
      again,
      [],
    )
    .option(
      '--find-capacity',
      'the highest rate at which the gates hold: doubled from --rate, then halved in between, then repeated; the first miss too',
    )
    .option('--most-rate <n>', 'where --find-capacity ends', '20000')
    .option('--settle <time>', 'of each probe, before it is measured', '2s')
    .option('--probe <time>', 'of each probe, measured', '5s')
    .option('--precision <share>', 'how near it comes', '5%')
    .option('--compare <file>', 'load.json of an earlier run: worse than that is a failure')
    .option('--tolerance <share>', 'how much worse counts', '10%');

const addRunFlags = (program: Command): Command =>
  program
    .option('--driver <name>', 'http: ours; k6: the k6 program sends the same plan; autocannon: closed loop, to find the knee', 'http')
    .option('--script <file>', 'with --driver k6: a script of yours instead of a generated one; gates know its one phase as script')
    .option('--telemetry <url>', 'with --driver k6: where its metrics go by OTLP/HTTP (npm run stack -- up prints it)')
    .option('--timeout <time>', 'until a request is given up', '10s')
    .option('--connections <n>', 'at most', '1024')
    .option('--processes <n>', 'generators, where one core is not enough', '1')
    .option(
      '--retries <n>',
      'attempts beyond the first, of 429, 5xx and broken connections: with jitter, not before Retry-After, of which a minute is waited at most',
      '0',
    )
    .option('--permitted-host <host>', 'a target that is not this machine, and that you may load; may be given again', again, [])
    .option('--most-duration <time>', 'a longer plan is refused', '10m')
    .option('--most-requests <n>', 'a plan with more is refused', '1000000')
    .option('--report <folder>', 'where the folders of load runs go', 'loads')
    .option('--plan', 'show the plan and the first request; send nothing')
    .addOption(new Option('--json', 'load.json on stdout; progress goes to stderr'));

const help = `
Placeholders in --target's path, --header and --body:
${Object.entries(placeholders)
  .map(([name, meaning]) => `  {{${name}}}`.padEnd(12) + meaning)
  .join('\n')}

Exit codes:
  0    every gate held
  1    a gate was missed, or the run is worse than the one that it was compared with
  2    inconclusive: the generator was late, there were too few samples, or nothing to judge
  3    the run could not be made, or the command line was not understood
  130  interrupted (Ctrl-C)
`;
