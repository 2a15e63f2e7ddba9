// What `start` of a target file gave back, held against what the file offers: a part that is missing would show as a loss that never was, or as a wait that never was.
import { isIPv4 } from 'node:net';
import { HarnessError } from '../../engine/errors.ts';
import { collectProblems, isWhole, type Problem } from '../../scenario/problem.ts';
import type { StartedSystem, TargetFile } from './target-file.ts';

/** `started` is what the author's code gave back, whatever that is. */
export const startedProblems = (started: unknown, { offers }: Pick<TargetFile, 'offers'>): readonly Problem[] =>
  collectProblems((report) => {
    if (typeof started !== 'object' || started === null) return report('start()', 'must give back an object with url and pending');
    const { url, datagrams, pending, readBack, stop } = started as Readonly<Partial<Record<keyof StartedSystem, unknown>>>;
    if (!isHttpUrl(url)) report('url', `must be the URL (http://…) to whose /events events are sent, not ${JSON.stringify(url)}`);
    if (typeof pending !== 'function')
      report('pending', 'must be a function that says what is still on its way, an empty list once nothing is');
    if (offers.includes('read-back') && typeof readBack !== 'function')
      report(
        'readBack',
        'must be a function that gives every event that is kept, for the file offers read-back: without it all would count as lost',
      );
    if (offers.includes('datagrams') && !isDoor(datagrams))
      report(
        'datagrams',
        `must be { host, port }, the host as an address of IPv4, for the file offers datagrams: events are sent there, not to ${JSON.stringify(datagrams)}`,
      );
    if (stop !== undefined && typeof stop !== 'function') report('stop', 'must be a function, or left out');
  });

const isHttpUrl = (value: unknown): boolean => typeof value === 'string' && /^https?:$/.test(URL.parse(value)?.protocol ?? '');

const isDoor = (value: unknown): boolean => {
  if (typeof value !== 'object' || value === null) return false;
  const { host, port } = value as Readonly<Partial<Record<keyof NonNullable<StartedSystem['datagrams']>, unknown>>>;
  return typeof host === 'string' && isIPv4(host) && isWhole(port, 1, 65_535);
};

/** Throws FL_TARGET_FILE with one line a problem, and with the names that came, among which a misspelt one shows. */
export const checkStarted = (started: unknown, file: TargetFile, path: string): void => {
  const problems = startedProblems(started, file);
  if (problems.length === 0) return;
  const lines = problems.map(({ place, message }) => `  ${place}: ${message}`);
  const came = typeof started === 'object' && started !== null ? Object.keys(started).join(', ') : '';
  throw new HarnessError(
    'FL_TARGET_FILE',
    `start() of target ${file.name} (${path}) gave back ${came === '' ? 'nothing of use' : came}:\n${lines.join('\n')}`,
  );
};
