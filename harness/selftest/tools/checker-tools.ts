// Every check of the registry with its bad history and its near-miss. A check without a case is a case that fails: nobody has seen it red.
import type { Check, CheckRegistry, CheckResult } from '../../checkers/check.ts';
import type { RunData } from '../../engine/run-data.ts';
import { agreementCases } from './checker-cases/agreement.ts';
import type { CheckerCase } from './checker-cases/checker-case.ts';
import { consumerCases } from './checker-cases/consumers.ts';
import { expectationCases } from './checker-cases/expectations.ts';
import { safetyCases } from './checker-cases/safety.ts';
import { validityCases } from './checker-cases/validity.ts';
import type { Half, ToolCase } from './tool-case.ts';

export const checkerCases: readonly CheckerCase[] = [
  ...safetyCases,
  ...validityCases,
  ...agreementCases,
  ...expectationCases,
  ...consumerCases,
];

export const checkerTools = (registries: readonly CheckRegistry[], cases: readonly CheckerCase[] = checkerCases): readonly ToolCase[] =>
  registries.flatMap((registry) =>
    [...registry].map(([name, check]) => {
      const found = cases.find((each) => each.check === name);
      return found === undefined ? unproven(name) : toolOf(found, check);
    }),
  );

const toolOf = ({ check: name, parameters = {}, bad, red, green }: CheckerCase, check: Check): ToolCase => {
  const half = ([what, run]: readonly [string, () => RunData], outcome: CheckResult['outcome']): Half => ({
    what,
    show: () => judge([check(run(), parameters)].flat(), outcome),
  });
  return { name, kind: 'checker', red: half(red, bad), green: half(green, 'pass') };
};

/** One result as it must be is enough for bad; for good all must be. */
const judge = (results: readonly CheckResult[], outcome: CheckResult['outcome']) => {
  const decisive = results.find((result) => (outcome === 'pass' ? result.outcome !== 'pass' : result.outcome === outcome)) ?? results[0];
  const asItMust =
    outcome === 'pass' ? results.length > 0 && results.every((each) => each.outcome === 'pass') : decisive?.outcome === outcome;
  return { asItMust, said: decisive === undefined ? 'nothing' : `${decisive.id} ${decisive.outcome}: ${decisive.summary}` };
};

const unproven = (name: string): ToolCase => {
  const half: Half = { what: 'no case', show: () => ({ asItMust: false, said: 'nobody has seen this check red' }) };
  return { name, kind: 'checker', red: half, green: half };
};
