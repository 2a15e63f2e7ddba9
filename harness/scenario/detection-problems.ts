// Mistakes in what a scenario expects of alerts, each with its place. Whether an alert of that name exists is for whoever has read the rules.
import { isAmount, isList, isText, type Reporter } from './problem.ts';
import type { ExpectedAlert, Scenario } from './scenario.ts';

/** What anybody who is on call would still call soon; longer windows belong to production rules. */
const mostSeconds = 60;

export const detectionProblems = ({ detection, faults, phases }: Scenario, report: Reporter): void => {
  if (typeof detection !== 'object' || detection === null)
    return report('detection', 'must say which alerts fire; where none may, it is { fires: [] }');
  const { fires, tolerated = [] } = detection;
  if (!isList(fires)) return report('detection.fires', 'must be a list (it may be empty: then no alert may fire)');
  if (!isList(tolerated)) return report('detection.tolerated', 'must be a list');
  const causes = { faults: namesOf(faults), phases: namesOf(phases) };
  fires.forEach((expected, index) => expectedProblems(expected, `detection.fires[${index}]`, causes, report));
  const seen = new Set<string>();
  fires.forEach(({ alert, cause }, index) => {
    if (seen.has(`${alert}@${cause}`)) report(`detection.fires[${index}]`, `${alert} for cause ${cause} is there twice`);
    seen.add(`${alert}@${cause}`);
  });
  tolerated.forEach((each, index) => {
    const place = `detection.tolerated[${index}]`;
    if (!isText(each?.alert)) report(`${place}.alert`, 'must be the name of an alert');
    if (!isText(each?.why)) report(`${place}.why`, 'must say why it can not be known whether it fires');
    if (fires.some(({ alert }) => alert === each?.alert))
      report(`${place}.alert`, `${each.alert} must fire, so it can not be tolerated too`);
  });
};

type Causes = { readonly faults: readonly string[]; readonly phases: readonly string[] };

const namesOf = (items: readonly { readonly name: string }[]): readonly string[] => (isList(items) ? items.map(({ name }) => name) : []);

const expectedProblems = (expected: ExpectedAlert, place: string, { faults, phases }: Causes, report: Reporter): void => {
  const { alert, cause, withinSeconds, resolvesWithinSeconds } = expected;
  if (!isText(alert)) report(`${place}.alert`, 'must be the name of an alert');
  const [isFault, isPhase] = [faults.includes(cause), phases.includes(cause)];
  if (!isFault && !isPhase)
    report(`${place}.cause`, `there is no fault or phase ${JSON.stringify(cause)}; there are ${[...faults, ...phases].join(', ')}`);
  if (isFault && isPhase) report(`${place}.cause`, `${JSON.stringify(cause)} is a fault and a phase; give one of them another name`);
  if (!isSoon(withinSeconds)) report(`${place}.withinSeconds`, `must be above 0 and at most ${mostSeconds}`);
  if (resolvesWithinSeconds !== 'never' && !isSoon(resolvesWithinSeconds))
    report(`${place}.resolvesWithinSeconds`, `must be above 0 and at most ${mostSeconds}, or "never"`);
};

const isSoon = (seconds: unknown): boolean => isAmount(seconds) && seconds <= mostSeconds;
