// Detection begins with seeing: on a quiet day every query of every dashboard must have an answer, or an operator looks at an empty panel and takes it for a good one.
import type { PanelRecord, RunData } from '../engine/run-data.ts';
import { type Check, conclude, concludeFrom, createFindings, type Findings, textsFrom } from './check.ts';

const id = 'expectation/panels-have-data';

/** `mayBeEmpty`: panels that show trouble alone, as `dashboard › panel`. */
export const panelsHaveData: Check = (run: RunData, parameters) => {
  const mayBeEmpty = textsFrom(parameters, 'mayBeEmpty');
  const panels = run.signals?.panels;
  if (panels === undefined)
    return conclude(id, 'inconclusive', 'No dashboard was asked anything: there is no telemetry, or it was not collected.');
  if (panels.length === 0) return conclude(id, 'fail', 'There is no dashboard, so none shows anything.');
  const [findings, unanswered] = [createFindings(), createFindings()];
  for (const panel of panels) judgePanel(panel, mayBeEmpty, findings, unanswered);
  const names = new Set(panels.map(nameOf));
  for (const name of mayBeEmpty.filter((each) => !names.has(each)))
    findings.add(`${name} may be empty, but there is no such panel: the exception is for nothing`);
  const good = `${panels.length} queries of ${names.size} panels were asked, and each that must have data has it.`;
  if (findings.total === 0 && unanswered.total > 0)
    return conclude(id, 'inconclusive', `${unanswered.total} of ${panels.length} queries were not answered.`, { findings: unanswered });
  const measured = { value: findings.total, unit: 'queries without data', bound: '= 0' };
  return concludeFrom(id, findings, { good, bad: `${findings.total} of ${panels.length} queries have no data.`, measured });
};

const nameOf = ({ dashboard, panel }: PanelRecord): string => `${dashboard} › ${panel}`;

/** A query that the stack refused is wrong; one that it did not answer may be right. */
const judgePanel = (panel: PanelRecord, mayBeEmpty: readonly string[], findings: Findings, unanswered: Findings): void => {
  const name = nameOf(panel);
  const witness = { facts: { datasource: panel.datasource, refId: panel.refId, query: panel.query } };
  if (panel.error !== undefined) {
    const said = `${name} (${panel.refId}): ${panel.error}`;
    if (panel.isRefused === true) findings.add(said, witness);
    else unanswered.add(said, witness);
  } else if (panel.found === 0 && !mayBeEmpty.includes(name))
    findings.add(`${name} (${panel.refId}) shows nothing: ${panel.query}`, witness);
};
