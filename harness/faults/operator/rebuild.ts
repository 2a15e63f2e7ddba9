// A rebuild under load, as an operator in a hurry does it: too early first, then as it should be, with the way back tried.
import type { Desk } from './desk.ts';

type Version = { readonly version: number; readonly lag_seconds: number; readonly lag: number; readonly position: number };
type Rebuild = {
  readonly served_version: number;
  readonly versions: readonly Version[];
  readonly comparison: { readonly version: number; readonly outcome: string | null; readonly differing: number } | null;
};

const readModel = 'timelines';
/** Readers get so long with each version. */
const readSeconds = 1.5;
const freshSeconds = 0.25;
/** How often one who is refused asks again: an event may have waited for longer than the freshness budget just then. */
const [mostTries, betweenTriesSeconds] = [20, 0.25];

export const rebuild = async (desk: Desk): Promise<boolean> => {
  const act = (action: string, what: string, more: Readonly<Record<string, unknown>> = {}) =>
    desk.ask('/rebuilds', { read_model: readModel, action, ...more }, what);
  const insist = async (action: string, what: string) => {
    for (let tries = 1; tries < mostTries; tries += 1) {
      if ((await act(action, what)).isDone) return true;
      await desk.wait(betweenTriesSeconds);
    }
    return (await act(action, what)).isDone;
  };
  const look = () => desk.look<Rebuild>(`/rebuilds/${readModel}`);
  const started = await act('start', 'a new version is started', { same_code: true, rate_per_second: 1500 });
  if (!started.isDone) return false;
  const version = Number(started.body['version']);
  const tooEarly = await act('switch', 'a switch to a version that is not built');
  await desk.wait(readSeconds);
  const newest = ({ versions }: Rebuild) => versions.find((one) => one.version === version);
  const isBuilt = (seen: Rebuild) => (newest(seen)?.lag_seconds ?? Infinity) < freshSeconds && (newest(seen)?.position ?? 0) > 0;
  if (!(await desk.until(`version ${version} has caught up`, look, isBuilt))) return false;
  if (!(await insist('compare', 'a comparison'))) return false;
  const isCompared = ({ comparison }: Rebuild) => comparison?.version === version && comparison.outcome !== null;
  if (!(await desk.until('the two were compared', look, isCompared))) return false;
  const equal = (await look()).comparison?.outcome === 'equal';
  const served: number[] = [];
  for (const [action, what] of [
    ['switch', 'the switch'],
    ['back', 'the way back'],
    ['switch', 'the switch once more'],
    ['back', 'the way back once more'],
  ] as const) {
    if (!(await insist(action, what))) return false;
    served.push((await look()).served_version);
    await desk.wait(readSeconds);
  }
  return equal && !tooEarly.isDone && served.join() === [version, version - 1, version, version - 1].join();
};
