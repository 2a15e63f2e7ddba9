// Bad input is refused with its own code; poison that only the handler can find is accepted. What to expect of each stands in the plan.
import type { RunData } from '../engine/run-data.ts';
import type { Operation } from '../history/operation.ts';
import { type CheckResult, conclude, createFindings } from './check.ts';

const id = 'expectation/poison-answers';
/** A server may close the connection on a body that it will not read, before the client has read the answer. Seldom; never for most. */
const unansweredAtMost = 0.2;

export const poisonAnswers = (run: RunData): CheckResult => {
  const poison = run.operations.filter((operation) => operation.poison !== null && operation.expected !== undefined);
  if (poison.length === 0) return conclude(id, 'inconclusive', 'No poison was sent.');
  const findings = createFindings();
  for (const operation of poison) {
    if (operation.status !== null && !isAsExpected(operation) && !isOverload(operation))
      findings.add(describe(operation), { operations: [operation] });
  }
  const unseen = (run.plan.scenario.traffic.poison?.kinds ?? []).filter(
    (kind) => !enoughAnswered(poison.filter((operation) => operation.poison === kind)),
  );
  const measured = { value: findings.total, unit: 'wrong answers', bound: '= 0' };
  if (findings.total > 0)
    return conclude(id, 'fail', `${findings.total} of ${poison.length} poisoned requests got the wrong answer.`, { findings, measured });
  if (unseen.length > 0) return conclude(id, 'inconclusive', `Too few answers came to poison of kind ${unseen.join(', ')}.`, { measured });
  return conclude(id, 'pass', `All ${poison.length} poisoned requests got the answer that their kind must get.`, { measured });
};

const isAsExpected = ({ status, code, expected }: Operation): boolean => status === expected?.status && code === expected?.code;

const isOverload = ({ status, outcome }: Operation): boolean => status === 503 && outcome === 'failed';

const enoughAnswered = (operations: readonly Operation[]): boolean => {
  const answered = operations.filter(({ status }) => status !== null).length;
  return operations.some(isAsExpected) && answered >= operations.length * (1 - unansweredAtMost);
};

const describe = ({ op, poison, status, code, expected }: Operation): string =>
  `operation ${op} (${poison}) was answered ${status} ${code ?? 'without a code'}, not ${expected?.status} ${expected?.code ?? ''}`.trimEnd();
