// Whether silence means anything: rules were loaded and healthy, the question was answered, and the alert that always fires did, from the first exports to the end.
import type { AlertsRecord, RunData } from '../../engine/run-data.ts';
import { type CheckResult, concludeFrom, createFindings, type Findings } from '../check.ts';
import { atText, firingOf, isMissing, secondsText } from './firing.ts';

const id = 'detection/evaluated';
/** Processes have exported before the zero; two exports later at the latest their telemetry is there. */
const firstWithinMs = 3000;
/**
 * Longer than it takes to evaluate late once; shorter than any alert that must not be missed. From a step after the last beat: with rules and questions every
 * second, four seconds between two beats are let pass and five are not. On two cores with a load of eleven there was one each second.
 */
const longestGapMs = 3000;

export const areRunRules = ({ rules, stepMs }: AlertsRecord): boolean =>
  rules.every(({ intervalSeconds }) => intervalSeconds * 1000 <= stepMs);

export const evaluated = (run: RunData, record: AlertsRecord): CheckResult => {
  const findings = createFindings();
  if (record.error !== undefined) findings.add(`the alerts could not be asked for: ${record.error}`);
  const isLoaded = record.rules.some((rule) => !isMissing(rule));
  if (!isLoaded) findings.add('no alerting rules are loaded');
  if (!areRunRules(record)) {
    const slowest = Math.max(...record.rules.map(({ intervalSeconds }) => intervalSeconds));
    findings.add(`rules are evaluated only every ${slowest} s: these are not the rules of a run, whose windows are seconds`);
  }
  for (const rule of isLoaded ? record.rules : []) {
    const { alert, health, lastError } = rule;
    if (isMissing(rule)) findings.add(`the evaluator has no rule for ${alert}`);
    else if (health !== 'ok') findings.add(`the rule ${alert} is in health ${health}${lastError === undefined ? '' : `: ${lastError}`}`);
  }
  if (record.error === undefined) heartbeatGaps(run, record, findings);
  return concludeFrom(id, findings, {
    good: `${record.rules.length} alerts were evaluated all the time: ${record.heartbeat}, which always fires, did.`,
    bad: 'Alerts can not be trusted to have been evaluated, so their silence proves nothing.',
    whenBad: 'inconclusive',
  });
};

/** Each beat ends a step after it was last said. What the evaluator answered from its look-back is no beat; one that goes on to the end may be so old. */
const beatsOf = (record: AlertsRecord): readonly { readonly from: number; readonly to: number }[] => {
  const { to: end, stepMs, lookbackMs = stepMs } = record;
  return firingOf(record, record.heartbeat).map(({ from, to }) => ({
    from,
    to: to === null ? end : Math.max(from, to - lookbackMs + stepMs),
  }));
};

const heartbeatGaps = (run: RunData, record: AlertsRecord, findings: Findings): void => {
  let seenUntil = record.from + firstWithinMs - longestGapMs;
  for (const { from, to } of [...beatsOf(record), { from: record.to, to: record.to }]) {
    if (from - seenUntil > longestGapMs)
      findings.add(`${record.heartbeat} was silent for ${secondsText(from - seenUntil)} ${atText(seenUntil, run)}: rules stood still`);
    seenUntil = Math.max(seenUntil, to);
  }
};
