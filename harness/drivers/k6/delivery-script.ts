// The k6 script that sends a scenario's plan. Each delivery is an iteration, and k6's virtual users take the next one in turn, sleep until it is due and send it:
// arrivals of every shape are possible, none is dropped, and one for which no user was free in time is late, which the history shows.
// One sample of a metric of our own for each says what became of it. Metadata, unlike tags, makes no time series of its own for every value.
import { pathToFileURL } from 'node:url';

export const deliveryMetric = 'faultline_delivery';

/** Beside the script. */
export const deliveriesFile = 'deliveries.json';

/** One of them, as the script reads it. A body that is no UTF-8 text stands in Base64. */
export type K6Delivery = {
  /** Milliseconds since the run's zero. */
  readonly at: number;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly isBase64: boolean;
};

export type DeliveryPlan = {
  readonly origin: string;
  readonly deliveries: number;
  /** Of the last one, since the zero. */
  readonly lastMs: number;
  readonly timeoutMs: number;
  /** Virtual users: one delivery at a time each. */
  readonly users: number;
  /** Asked before the first delivery; answers with `{ zeroAt }`, in epoch milliseconds, when they may begin. */
  readonly gateUrl: string;
  /** A module of the user's own whose default export sends one delivery; null: an HTTP request. */
  readonly script: string | null;
};

/** What is late goes on for so long behind the last planned time; what is then still to be sent is dropped. */
const overtimeMs = 30_000;
/** An answer that is longer is cut; those of a contract for events are short. */
const mostAnswer = 65_536;

export const deliveryScript = (plan: DeliveryPlan): string => `${head(plan)}
${optionsText(plan)}
${sendText(plan)}
${setupText(plan)}
${iterationText(plan)}`;

const head = ({ script }: DeliveryPlan): string => `import http from 'k6/http';
import exec from 'k6/execution';
import encoding from 'k6/encoding';
import { sleep } from 'k6';
import { SharedArray } from 'k6/data';
import { Trend } from 'k6/metrics';
${script === null ? 'const own = {};' : `import * as own from '${pathToFileURL(script).href}';`}

const deliveries = new SharedArray('deliveries', () => JSON.parse(open('./${deliveriesFile}')));
const sample = new Trend('${deliveryMetric}', true);
`;

/** Thresholds, headers, TLS and the like are the script's own to say; when an event is sent is not. */
const optionsText = ({ deliveries, lastMs, timeoutMs, users }: DeliveryPlan): string => {
  const options = {
    scenarios: {
      deliveries: {
        executor: 'shared-iterations',
        vus: Math.min(users, deliveries),
        iterations: deliveries,
        maxDuration: `${Math.ceil((lastMs + overtimeMs) / 1000)}s`,
        gracefulStop: `${timeoutMs}ms`,
      },
    },
    setupTimeout: '300s',
    systemTags: ['scenario', 'method', 'status', 'error_code', 'expected_response'],
  };
  return `const ownOptions = own.options || {};
for (const name of ['scenarios', 'stages', 'vus', 'iterations', 'duration'])
  if (name in ownOptions) throw new Error('options.' + name + ' is not for the script to say: when each event is sent stands in the plan of the scenario');
export const options = Object.assign({}, ownOptions, ${JSON.stringify(options)});
`;
};

const sendText = ({ script }: DeliveryPlan): string =>
  script === null
    ? `const send = ({ url, headers, body, timeout }) => http.post(url, body, { headers, timeout, redirects: 0, responseType: 'text' });
`
    : `const send = own.default;
if (typeof send !== 'function') throw new Error('the script has no default export that sends an event');
`;

const setupText = ({ gateUrl }: DeliveryPlan): string => `export function setup() {
  const data = own.setup ? own.setup() : null;
  const { status, body } = http.get('${gateUrl}', { timeout: '300s', responseType: 'text' });
  if (status !== 200) throw new Error('the harness did not say when to begin');
  return { zeroAt: JSON.parse(body).zeroAt, data: data === undefined ? null : data };
}

export function teardown({ data }) {
  if (own.teardown) own.teardown(data);
}
`;

const iterationText = ({ origin, timeoutMs }: DeliveryPlan): string => `export default function ({ zeroAt, data }) {
  const op = exec.scenario.iterationInTest;
  const { at, path, headers, body, isBase64 } = deliveries[op];
  const delivery = { url: '${origin}' + path, headers, body: isBase64 ? encoding.b64decode(body) : body, timeout: '${timeoutMs}ms' };
  const waitMs = zeroAt + at - Date.now();
  if (waitMs > 0) sleep(waitMs / 1000);
  const startedAt = Date.now();
  let answer = null;
  let failure = null;
  try {
    answer = send(delivery, data);
  } catch (error) {
    failure = error;
  }
  const tookMs = Date.now() - startedAt;
  const metadata = exec.vu.metrics.metadata;
  metadata.op = String(op);
  metadata.startedAt = String(startedAt);
  if (answer) {
    metadata.status = String(answer.status);
    metadata.errorCode = String(answer.error_code);
    metadata.retryAfter = String((answer.headers && answer.headers['Retry-After']) || '');
    metadata.answer = String(answer.body || '').slice(0, ${mostAnswer});
  }
  sample.add(tookMs);
  for (const key in metadata) delete metadata[key];
  if (failure) throw failure;
}
`;
