// Prometheus' HTTP API over the metric store, as Grafana and the harness ask it: GET and POST, its envelope, its status codes.
import type { FastifyPluginAsync } from 'fastify';
import type { MetricStore } from './metrics/metric-store.ts';
import { answerWith, failWith } from './prometheus-api/envelope.ts';
import { labelNames, labelValues, seriesOf } from './prometheus-api/label-queries.ts';
import { metadataOf } from './prometheus-api/metadata.ts';
import { acceptForms, readParameters } from './prometheus-api/parameters.ts';
import type { Parameters } from './prometheus-api/parameters.ts';
import { alertmanagersOf, alertsOf } from './prometheus-api/alerts.ts';
import type { Answer, ApiContext, RulesView } from './prometheus-api/answer.ts';
import { instantQuery, rangeQuery } from './prometheus-api/queries.ts';
import { noRules, rulesOf } from './prometheus-api/rules.ts';
import { storeStatus } from './prometheus-api/store-status.ts';

export type PrometheusApiOptions = {
  readonly lookbackMs?: number;
  readonly defaultSubqueryStepMs?: number;
  readonly maxSamples?: number;
  readonly timeoutMs?: number;
  readonly rules?: RulesView;
};

type Handler = (parameters: Parameters, context: ApiContext, name: string) => Answer;

/** The version whose language and API this speaks; Grafana chooses features by it. */
const speaksVersion = '3.15.0';

const buildInfo = (): Answer => ({
  data: { version: speaksVersion, revision: 'faultline-embedded', branch: '', buildUser: '', buildDate: '', goVersion: '' },
});

const both = ['GET', 'POST'] as const;
const get = ['GET'] as const;

const routes: readonly { readonly path: string; readonly methods: readonly ('GET' | 'POST')[]; readonly handle: Handler }[] = [
  { path: '/api/v1/query', methods: both, handle: instantQuery },
  { path: '/api/v1/query_range', methods: both, handle: rangeQuery },
  { path: '/api/v1/series', methods: both, handle: seriesOf },
  { path: '/api/v1/labels', methods: both, handle: labelNames },
  { path: '/api/v1/label/:name/values', methods: get, handle: labelValues },
  { path: '/api/v1/metadata', methods: get, handle: metadataOf },
  { path: '/api/v1/rules', methods: get, handle: rulesOf },
  { path: '/api/v1/alerts', methods: get, handle: alertsOf },
  { path: '/api/v1/alertmanagers', methods: get, handle: alertmanagersOf },
  { path: '/api/v1/status/buildinfo', methods: get, handle: buildInfo },
  { path: '/api/v1/status/tsdb', methods: get, handle: storeStatus },
];

/** A Fastify plugin. `clock` says what "now" is for queries without a time, and limits how long one may take. */
export const prometheusApi =
  (store: MetricStore, clock: { now(): number }, { rules = noRules, ...options }: PrometheusApiOptions = {}): FastifyPluginAsync =>
  async (app) => {
    acceptForms(app);
    const context: ApiContext = { store, rules, nowMs: () => clock.now(), options };
    for (const { path, methods, handle } of routes) {
      app.route<{ Params: { name?: string } }>({
        method: [...methods],
        url: path,
        handler: (request, reply) => {
          try {
            return answerWith(reply, handle(readParameters(request), context, request.params.name ?? ''));
          } catch (error) {
            return failWith(reply, error);
          }
        },
      });
    }
  };
