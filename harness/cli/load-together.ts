// Which flags of load have no effect beside others: who wrote one meant something by it, so each is a mistake that says what to do.
import type { LoadOptions } from './load-options.ts';

type Refusal = { readonly when: boolean; readonly flags: readonly string[]; readonly why: string };

const shapeFlags = ['--shape', '--to', '--steps', '--spike', '--warm-up', '--phase'];
const requestFlags = [
  '--method',
  '--header',
  '--body',
  '--body-file',
  '--keys',
  '--batch',
  '--batch-as',
  '--seed',
  '--timeout',
  '--connections',
];
const boundFlags = ['--most-duration', '--most-requests'];

/** One sentence a flag. `given`: those that were typed. */
export const withoutEffect = (given: ReadonlySet<string>, options: LoadOptions): readonly string[] =>
  [...ofDrivers(options), ...ofSearches(given, options)]
    .filter(({ when }) => when)
    .flatMap(({ flags, why }) => flags.filter((flag) => given.has(flag)).map((flag) => `${flag} ${why}`));

const ofDrivers = ({ driver, arrivals, script }: LoadOptions): readonly Refusal[] => [
  {
    when: driver === 'autocannon',
    flags: ['--rate', '--arrivals', ...shapeFlags],
    why: 'has no meaning with --driver autocannon: it is a closed loop, which has no rate. Leave it out, or take --driver http',
  },
  {
    when: driver === 'autocannon',
    flags: ['--slo'],
    why: 'is not judged with --driver autocannon: its latencies are those of a closed loop, which waits with a slow target',
  },
  { when: driver === 'autocannon', flags: ['--compare'], why: 'is not for --driver autocannon' },
  {
    when: driver === 'k6' && arrivals === 'poisson',
    flags: ['--arrivals'],
    why: 'poisson is for --driver http: k6 spaces arrivals evenly',
  },
  { when: driver !== 'http', flags: ['--find-capacity', '--retries'], why: `is for --driver http, not for ${driver}` },
  { when: driver !== 'http', flags: ['--processes'], why: `is for --driver http; ${driver} uses what cores there are` },
  { when: driver !== 'k6', flags: ['--script', '--telemetry'], why: 'is for --driver k6' },
  {
    when: driver === 'k6' && script !== null,
    flags: ['--rate', '--duration', '--arrivals', ...shapeFlags, ...requestFlags, ...boundFlags],
    why: 'has no effect with --script, which says itself what it sends and when: write it there, or leave --script out',
  },
];

const ofSearches = (given: ReadonlySet<string>, { capacity }: LoadOptions): readonly Refusal[] => [
  {
    when: capacity !== null,
    flags: ['--compare'],
    why: 'and --find-capacity are two questions: ask one at a time',
  },
  {
    when: capacity !== null,
    flags: ['--duration', ...shapeFlags],
    why: 'has no effect with --find-capacity, whose probes are all alike: take --rate for the first one, --settle and --probe for their length',
  },
  {
    when: capacity === null,
    flags: ['--most-rate', '--settle', '--probe', '--precision'],
    why: 'is for --find-capacity: add that, or leave it out',
  },
  { when: !given.has('--compare'), flags: ['--tolerance'], why: 'is for --compare: name an earlier run, or leave it out' },
  { when: !given.has('--batch'), flags: ['--batch-as'], why: 'is for --batch: say how many, or leave it out' },
];
