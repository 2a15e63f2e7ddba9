// A scenario's traffic sent by k6: the plan becomes a script, and its samples become our history, so that every checker applies to it.
// k6 spaces arrivals itself, and leaves out those for which it has no virtual user: they are counted, and are in no history.
import { createHash } from 'node:crypto';
import { createHistoryWriter } from '../../history/history-writer.ts';
import { createBodyMaker } from '../../traffic/body.ts';
import { planTraffic } from '../../traffic/plan-traffic.ts';
import type { TrafficSource } from '../../traffic/plan-events.ts';
import type { PlannedOperation } from '../../traffic/planned-operation.ts';
import type { K6Plan, K6Request } from './k6-plan.ts';
import { stagesByK6 } from './stages-by-k6.ts';
import { runK6, type RunK6Options, writeK6Files } from './run-k6.ts';
import { toK6Operation } from './to-k6-operation.ts';

export type K6DriverOptions = RunK6Options & {
  readonly source: TrafficSource;
  readonly seed: number;
  /** Where POST /events is. */
  readonly url: string;
  readonly historyFile: string;
  readonly timeoutMs: number;
  readonly users: number;
  readonly definiteRefusals: readonly string[];
};

export type K6Summary = { readonly planned: number; readonly sent: number; readonly dropped: number };

export const driveByK6 = async (options: K6DriverOptions): Promise<K6Summary> => {
  const { source, seed, historyFile, definiteRefusals } = options;
  const { operations } = planTraffic(source, seed);
  const bodyOf = createBodyMaker(seed);
  const script = await writeK6Files(options.folder, planOf(options, operations, bodyOf));
  const { samples, dropped } = await runK6(script, options);
  const zeroAt = Math.min(...samples.map(({ scenarioStartedAt }) => scenarioStartedAt));
  const history = await createHistoryWriter(historyFile, { format: 1, scenario: source.name, seed, zeroAt });
  for (const sample of samples) {
    const planned = operations[sample.op];
    if (planned === undefined) continue;
    const body = bodyOf(planned);
    const sha = createHash('sha256').update(body).digest('hex');
    history.add(
      toK6Operation({ planned, bodySha256: sha, bodyBytes: body.length }, sample, { zeroAt, isWhole: dropped === 0 }, definiteRefusals),
    );
  }
  await history.end();
  return { planned: operations.length, sent: samples.length, dropped };
};

const planOf = (
  { source, url, timeoutMs, users }: K6DriverOptions,
  operations: readonly PlannedOperation[],
  bodyOf: (operation: PlannedOperation) => Buffer,
): K6Plan => {
  const { origin, pathname } = new URL(url);
  return {
    stages: stagesByK6(source),
    method: 'POST',
    origin,
    requests: operations.map((operation): K6Request => ({
      path: pathname,
      headers: headersOf(operation),
      body: bodyOf(operation).toString('utf8'),
    })),
    timeoutMs,
    usersAhead: users,
    usersMost: users,
  };
};

const headersOf = ({ traceId }: PlannedOperation): Record<string, string> => ({
  'content-type': 'application/json',
  ...(traceId === null ? {} : { traceparent: `00-${traceId}-${traceId.slice(0, 16)}-01` }),
});
