// The k6 script of a plan: one arrival-rate scenario a stage, and one sample of a metric of our own for each request, which says what the figures of the load tool need.
// Metadata, unlike tags, makes no time series of its own for every value.
import { expectedOf } from './stage-arrivals.ts';
import type { K6Plan, K6Stage } from './k6-plan.ts';

export const requestMetric = 'faultline_request';

/** Files beside the script. */
export const scriptFile = 'script.js';
export const requestsFile = 'requests.json';

export const k6Script = (plan: K6Plan): string => {
  const { stages, method, origin, timeoutMs } = plan;
  const firsts = stages.map((_, index) => stages.slice(0, index).reduce((sum, stage) => sum + expectedOf(stage), 0));
  const scenarios = Object.fromEntries(stages.map((stage, index) => [nameOf(index), scenarioOf(plan, stage, index)]));
  const firstOf = Object.fromEntries(firsts.map((first, index) => [nameOf(index), first]));
  const countOf = Object.fromEntries(stages.map((stage, index) => [nameOf(index), expectedOf(stage)]));
  return `import http from 'k6/http';
import exec from 'k6/execution';
import { SharedArray } from 'k6/data';
import { Trend } from 'k6/metrics';

const requests = new SharedArray('requests', () => JSON.parse(open('./${requestsFile}')));
const firstOf = ${JSON.stringify(firstOf)};
const countOf = ${JSON.stringify(countOf)};
const sample = new Trend('${requestMetric}', true);

export const options = ${JSON.stringify({ scenarios, systemTags: ['scenario'], summaryTrendStats: ['p(90)', 'p(95)', 'p(99)', 'max'] })};

export default function () {
  const { name, iterationInTest, startTime } = exec.scenario;
  // k6 may begin one more at the very end of a stage: that one belongs to the next.
  if (iterationInTest >= countOf[name]) return;
  const op = firstOf[name] + iterationInTest;
  const { path, headers, body } = requests[op % requests.length];
  const startedAt = Date.now();
  const answer = http.request('${method}', ${JSON.stringify(origin)} + path, body, { headers, timeout: '${timeoutMs}ms', redirects: 0 });
  const tookMs = Date.now() - startedAt;
  const metadata = exec.vu.metrics.metadata;
  metadata.op = String(op);
  metadata.startedAt = String(startedAt);
  metadata.scenarioStartedAt = String(startTime);
  metadata.status = String(answer.status);
  metadata.errorCode = String(answer.error_code);
  sample.add(tookMs, { stage: name });
  for (const key in metadata) delete metadata[key];
}
`;
};

export const nameOf = (stage: number): string => `stage_${stage}`;

/** k6 takes whole rates: they are given for a minute, which is fine enough for 0.02 a second. */
const perMinute = (perSecond: number): number => Math.round(perSecond * 60);

const scenarioOf = ({ stages, usersAhead, usersMost }: K6Plan, stage: K6Stage, index: number): Record<string, unknown> => {
  const before = stages.slice(0, index).reduce((sum, { seconds }) => sum + seconds, 0);
  const common = {
    startTime: `${Math.round(before * 1000)}ms`,
    timeUnit: '1m',
    preAllocatedVUs: Math.min(usersAhead, usersMost),
    maxVUs: usersMost,
    gracefulStop: '30s',
  };
  const duration = `${Math.round(stage.seconds * 1000)}ms`;
  if (stage.fromPerSecond === stage.toPerSecond)
    return { executor: 'constant-arrival-rate', rate: perMinute(stage.fromPerSecond), duration, ...common };
  return {
    executor: 'ramping-arrival-rate',
    startRate: perMinute(stage.fromPerSecond),
    stages: [{ target: perMinute(stage.toPerSecond), duration }],
    ...common,
  };
};
