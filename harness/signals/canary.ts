// A metric, a log and a span of the harness's own, sent by OTLP and asked for again: proof that the second witness hears, before and after the run.
import { randomBytes } from 'node:crypto';
import type { Clock } from '../engine/clock.ts';
import type { SignalsRecord } from '../engine/run-data.ts';
import { waitUntil } from '../engine/wait-until.ts';
import type { OtlpSignal } from '../stack/running-stack.ts';
import type { StartOptions } from '../targets/target.ts';
import { ask } from './ask.ts';
import type { SignalClient } from './client.ts';
import { SignalError } from './signal-error.ts';
import type { RunScope } from './substitute.ts';

export type CanaryRecord = SignalsRecord['canary'][number];

export type CanaryOptions = {
  readonly otlp: StartOptions['otlp'];
  readonly client: SignalClient;
  readonly clock: Clock;
  readonly when: 'before' | 'after';
  readonly scope: RunScope;
  readonly withinMs: number;
  readonly signal?: AbortSignal;
};

type Kind = CanaryRecord['kind'];

/** What makes this canary another than every one before it. */
type Mark = { readonly token: string; readonly traceId: string; readonly spanId: string; readonly atMs: number };

const service = 'faultline-canary';
const promName = 'faultline_harness_canary';

const attribute = (key: string, value: string) => ({ key, value: { stringValue: value } });

const resource = ({ runId, scenario }: RunScope) => ({
  attributes: [attribute('service.name', service), attribute('faultline.run', runId), attribute('faultline.scenario', scenario)],
});

const payloads = (scope: RunScope, { token, traceId, spanId, atMs }: Mark): Readonly<Record<Kind, { to: OtlpSignal; body: unknown }>> => {
  const nano = `${BigInt(Math.round(atMs)) * 1_000_000n}`;
  const attributes = [attribute('canary', token)];
  const point = { attributes, timeUnixNano: nano, asDouble: 1 };
  const log = { timeUnixNano: nano, severityNumber: 9, severityText: 'INFO', body: { stringValue: `canary ${token}` }, traceId, spanId };
  const span = { traceId, spanId, name: 'canary', kind: 1, startTimeUnixNano: nano, endTimeUnixNano: nano, attributes };
  const from = resource(scope);
  return {
    metric: {
      to: 'metrics',
      body: {
        resourceMetrics: [
          { resource: from, scopeMetrics: [{ metrics: [{ name: 'faultline.harness.canary', gauge: { dataPoints: [point] } }] }] },
        ],
      },
    },
    log: { to: 'logs', body: { resourceLogs: [{ resource: from, scopeLogs: [{ logRecords: [log] }] }] } },
    span: { to: 'traces', body: { resourceSpans: [{ resource: from, scopeSpans: [{ spans: [span] }] }] } },
  };
};

const seen = async (kind: Kind, client: SignalClient, { token, traceId, atMs }: Mark, nowMs: number): Promise<boolean> => {
  const [from, to] = [atMs / 1_000 - 5, nowMs / 1_000 + 5];
  switch (kind) {
    case 'metric':
      return (await client.instant(`${promName}{canary="${token}"}`, nowMs / 1_000)).length > 0;
    case 'log':
      return (await client.logs(`{service_name="${service}"} |= "${token}"`, from, to, 1)).length > 0;
    case 'span':
      return (
        (await client.trace(traceId)).length > 0 && (await client.searchTraces(`{ span.canary = "${token}" }`, from, to)).includes(traceId)
      );
  }
};

const asData = (error: unknown): string => {
  if (error instanceof SignalError) return error.message;
  throw error;
};

const flyOne = async (kind: Kind, options: CanaryOptions, mark: Mark): Promise<CanaryRecord> => {
  const { otlp, client, clock, when, scope, withinMs, signal } = options;
  const { to, body } = payloads(scope, mark)[kind];
  const [url, headers = {}] = [otlp.urls[to], otlp.headers[to]];
  const sent = await ask({ backend: 'otlp', url, headers, json: body, timeoutMs: withinMs, ...(signal && { signal }) }).then(
    ({ status }) => (status >= 200 && status < 300 ? null : `${url} answered ${status}`),
    asData,
  );
  if (sent !== null) return { when, kind, found: false, afterMs: clock.now() - mark.atMs, detail: sent };
  const look = () =>
    seen(kind, client, mark, clock.now()).then(
      (found) => ({ found, trouble: null as string | null }),
      (error: unknown) => ({ found: false, trouble: asData(error) }),
    );
  const { last } = await waitUntil(look, ({ found }) => found, { clock, withinMs, everyMs: 50, ...(signal && { signal }) });
  const afterMs = clock.now() - mark.atMs;
  const detail = last.trouble ?? `sent, taken, and not found again within ${withinMs} ms`;
  return last.found ? { when, kind, found: true, afterMs } : { when, kind, found: false, afterMs, detail };
};

/** Never rejects for a stack that is down: the records say so. */
export const sendCanary = (options: CanaryOptions): Promise<readonly CanaryRecord[]> => {
  const [traceId, spanId, token] = [randomBytes(16).toString('hex'), randomBytes(8).toString('hex'), randomBytes(8).toString('hex')];
  const mark = { token, traceId, spanId, atMs: options.clock.now() };
  return Promise.all((['metric', 'log', 'span'] as const).map((kind) => flyOne(kind, options, mark)));
};
