// Mistakes in what a fault of a newer kind says, each with its place. Those of its name, moment and process are looked for elsewhere.
import { isAmount, isShare, isText, isWhole, type Reporter } from '../problem.ts';
import type { Fault } from '../scenario.ts';
import { datagramLinks, type DatagramFault } from './datagram-fault.ts';
import type { DatabaseFault } from './database-fault.ts';
import { operatorEffects } from './operator-fault.ts';
import { networkLinks, type NetworkFault } from './network-fault.ts';
import type { CrashLoopFault } from './process-faults.ts';

/** What a fault may do to a machine that others use too. */
export const bounds = {
  seconds: 120,
  startSeconds: 15,
  burners: 32,
  megabytes: 4096,
  lines: 200_000,
  times: 20,
  latencyMs: 30_000,
  offsetMs: 10 * 365 * 86_400_000,
} as const;

/** Without kill and pause, which the scenario looks at itself. */
export type NewerFault = Exclude<Fault, { readonly kind: 'kill' | 'pause' }>;

export const newerFaultKinds: readonly NewerFault['kind'][] = [
  'crash-loop',
  'restart',
  'slow-start',
  'descriptors',
  'clock',
  'bad-release',
  'cpu-pressure',
  'memory-pressure',
  'network',
  'datagrams',
  'database',
  'container',
  'import',
  'operator',
];

/** They last as long as they take. */
const timeless: readonly NewerFault['kind'][] = ['crash-loop', 'restart'];

type Say = (field: string, is: boolean, must: string) => void;

export const newerFaultProblems = (fault: NewerFault, place: string, report: Reporter): void => {
  const say: Say = (field, is, must) => {
    if (is) return;
    const value = (fault as unknown as Record<string, unknown>)[field];
    report(`${place}.${field}`, `must be ${must}, not ${JSON.stringify(value) ?? 'left out'}`);
  };
  if ('seconds' in fault || !timeless.includes(fault.kind))
    say('seconds', isSeconds((fault as { seconds?: unknown }).seconds), secondsText);
  switch (fault.kind) {
    case 'crash-loop':
      say('times', isWhole(fault.times, 2, bounds.times), `a whole number from 2 to ${bounds.times}`);
      say('everySeconds', endsInTime(fault), `0 or more, and times × everySeconds at most ${bounds.seconds}`);
      return;
    case 'restart':
      say('withinSeconds', fault.withinSeconds === undefined || isSeconds(fault.withinSeconds), secondsText);
      return;
    case 'descriptors':
      say('spare', fault.spare === undefined || isWhole(fault.spare, 0, 1000), 'a whole number from 0 to 1000');
      return;
    case 'clock':
      say('offsetMs', isOffset(fault.offsetMs), 'at least 1000 either way, so that it can be told, and within ten years');
      say('driftPpm', Math.abs(fault.driftPpm ?? 0) <= 500_000, 'within 500000, so that time goes on forwards');
      return;
    case 'cpu-pressure':
      say('burners', isWhole(fault.burners, 1, bounds.burners), `a whole number from 1 to ${bounds.burners}`);
      return;
    case 'memory-pressure':
      say('megabytes', isWhole(fault.megabytes, 1, bounds.megabytes), `a whole number from 1 to ${bounds.megabytes}`);
      return;
    case 'import':
      say('lines', isWhole(fault.lines, 1000, bounds.lines), `a whole number from 1000 to ${bounds.lines}`);
      say('ratePerSecond', fault.ratePerSecond > 0 && fault.ratePerSecond <= 100_000, 'above 0 and at most 100000');
      return;
    case 'network':
      return networkProblems(fault, say);
    case 'datagrams':
      return datagramProblems(fault, say);
    case 'database':
      return databaseProblems(fault, say);
    case 'container':
      say('container', isText(fault.container), 'the name of a container of the target');
      say('effect', ['stop', 'pause', 'disconnect'].includes(fault.effect), 'stop, pause or disconnect');
      return;
    case 'operator':
      say('effect', operatorEffects.includes(fault.effect), 'rebuild, erase or replay');
      return;
    case 'bad-release':
      say('role', fault.role === 'worker', '"worker": the others have no processor');
      return;
    case 'slow-start':
      say('seconds', fault.seconds <= bounds.startSeconds, `at most ${bounds.startSeconds}: a start is not waited for longer`);
      return;
  }
};

const isOffset = (offsetMs: unknown): boolean =>
  typeof offsetMs === 'number' && Math.abs(offsetMs) >= 1000 && Math.abs(offsetMs) <= bounds.offsetMs;

const secondsText = `above 0 and at most ${bounds.seconds}`;
const isSeconds = (value: unknown): boolean => isAmount(value) && value <= bounds.seconds;
const endsInTime = ({ times, everySeconds }: CrashLoopFault): boolean =>
  everySeconds >= 0 && everySeconds * (isWhole(times, 2, bounds.times) ? times : 1) <= bounds.seconds;
const isDelay = (value: unknown): boolean => typeof value === 'number' && value >= 0 && value <= bounds.latencyMs;
const isWay = (way: unknown): boolean => way === undefined || ['up', 'down', 'both'].includes(way as string);

const networkProblems = (fault: NetworkFault, say: Say): void => {
  say('link', networkLinks.includes(fault.link), `one of ${networkLinks.join(', ')}`);
  switch (fault.effect) {
    case 'latency':
      say('latencyMs', isDelay(fault.latencyMs) && fault.latencyMs > 0, `above 0 and at most ${bounds.latencyMs}`);
      say('jitterMs', fault.jitterMs === undefined || isDelay(fault.jitterMs), `from 0 to ${bounds.latencyMs}`);
      say('way', isWay(fault.way), 'up, down or both');
      return;
    case 'bandwidth':
      say('bytesPerSecond', isWhole(fault.bytesPerSecond, 1024, 1e9), 'a whole number from 1024 to 1000000000');
      say('way', isWay(fault.way), 'up, down or both');
      return;
    case 'slow-close':
      say('delayMs', isDelay(fault.delayMs) && fault.delayMs > 0, `above 0 and at most ${bounds.latencyMs}`);
      return;
    case 'swallow-commit':
      say('link', fault.link.endsWith('-database'), 'a link to the database: elsewhere nobody commits');
      say('times', isWhole(fault.times, 1, 1000), 'a whole number from 1 to 1000');
      say('statement', fault.statement === undefined || isText(fault.statement), 'words of a statement');
      say('refuseForMs', fault.refuseForMs === undefined || isDelay(fault.refuseForMs), `from 0 to ${bounds.latencyMs}`);
      return;
    case 'cut':
    case 'half-open':
    case 'reset':
    case 'black-hole':
      return;
    default:
      say('effect', false, 'latency, bandwidth, cut, half-open, reset, slow-close, black-hole or swallow-commit');
  }
};

const datagramProblems = (fault: DatagramFault, say: Say): void => {
  say('link', datagramLinks.includes(fault.link), `one of ${datagramLinks.join(', ')}`);
  say('effect', ['loss', 'reorder', 'duplicate', 'corrupt'].includes(fault.effect), 'loss, reorder, duplicate or corrupt');
  say('share', isShare(fault.share), 'above 0 and at most 1');
  if (fault.effect === 'reorder') say('withinMs', isDelay(fault.withinMs) && fault.withinMs > 0, `above 0 and at most ${bounds.latencyMs}`);
};

const databaseEffects: readonly string[] = [
  'restart',
  'lock',
  'connections',
  'disk-full',
  'read-only',
  'idle-transaction',
  'long-snapshot',
];

const databaseProblems = (fault: DatabaseFault, say: Say): void => {
  say('effect', databaseEffects.includes(fault.effect), `one of ${databaseEffects.join(', ')}`);
  if (fault.effect === 'idle-transaction')
    say('elsewhere', fault.elsewhere === undefined || fault.elsewhere === true, 'true, or be left out');
  if (fault.effect === 'restart') say('how', ['fast', 'immediate'].includes(fault.how), 'fast or immediate');
};
