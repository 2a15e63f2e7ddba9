import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Clock } from '../../../../engine/clock.ts';
import { labelsFrom } from '../../promql/labels.ts';
import type { Alert, AlertState, Alerts } from '../alert-state.ts';
import type { AlertingRule } from '../rule.ts';
import { createAlertGroups } from './alert-groups.ts';
import type { Post } from './delivery-queue.ts';
import { createDeliveryQueue } from './delivery-queue.ts';
import { fingerprintOf } from './fingerprint.ts';
import { createNotifier } from './notifier.ts';
import type { WebhookMessage } from './webhook-message.ts';

const rule: AlertingRule = {
  kind: 'alerting',
  name: 'Slow',
  expression: 'latency > 1',
  forMs: 0,
  keepFiringForMs: 0,
  labels: {},
  annotations: {},
};

const start = Date.parse('2026-01-02T03:04:05Z');

const alert = (state: AlertState, labels: Record<string, string>, annotations: Record<string, string> = {}): Alert => ({
  labels: labelsFrom({ alertname: 'Slow', ...labels }),
  annotations,
  value: 2,
  state,
  activeAtMs: start,
  firedAtMs: state === 'pending' ? null : start,
  resolvedAtMs: state === 'inactive' ? start + 5000 : null,
  keepFiringSinceMs: null,
});

const alerts = (...list: readonly Alert[]): Alerts => new Map(list.map((each) => [each.labels.key, each]));

/** A clock whose sleeps never end by themselves. */
const stillClock = {
  now: () => 0,
  sleep: async (_ms: number, signal?: AbortSignal): Promise<void> => {
    const { promise, resolve } = Promise.withResolvers<void>();
    signal?.addEventListener('abort', () => resolve(), { once: true });
    return promise;
  },
};

/** A clock whose sleeps are over at once. */
const fastClock = { now: () => 0, sleep: async (): Promise<void> => {} };

const settled = async (): Promise<void> => {
  for (let turn = 0; turn < 50; turn += 1) await Promise.resolve();
};

describe('a notification', () => {
  it('is in the very format of an Alertmanager webhook', async () => {
    const bodies: string[] = [];
    await using notifier = createNotifier({
      webhooks: ['http://hook.test/'],
      externalLabels: { cluster: 'desk', job: 'never over its own' },
      externalUrl: () => 'http://127.0.0.1:9090',
      clock: stillClock,
      post: async (_url, body) => {
        bodies.push(body);
        return 200;
      },
    });
    const a = alert('firing', { job: 'a', faultline_run: 'r1' }, { summary: 'a is slow', runbook: 'slow.md' });
    const b = alert('firing', { job: 'b', faultline_run: 'r1' }, { summary: 'b is slow', runbook: 'slow.md' });
    notifier.notify({ rule, before: alerts(), after: alerts(a, b), atMs: start });
    const resolved = alert('inactive', { job: 'a', faultline_run: 'r1' }, a.annotations);
    notifier.notify({ rule, before: alerts(a, b), after: alerts(resolved, b), atMs: start + 5000 });
    await settled();
    const [first, second] = bodies.map((body) => JSON.parse(body) as WebhookMessage);
    expect(first).toEqual({
      version: '4',
      groupKey: '{}:{alertname="Slow", faultline_run="r1"}',
      truncatedAlerts: 0,
      status: 'firing',
      receiver: 'webhook',
      groupLabels: { alertname: 'Slow', faultline_run: 'r1' },
      commonLabels: { alertname: 'Slow', cluster: 'desk', faultline_run: 'r1' },
      commonAnnotations: { runbook: 'slow.md' },
      externalURL: 'http://127.0.0.1:9090',
      alerts: ['a', 'b'].map((job) => ({
        status: 'firing',
        labels: { alertname: 'Slow', cluster: 'desk', faultline_run: 'r1', job },
        annotations: { summary: `${job} is slow`, runbook: 'slow.md' },
        startsAt: '2026-01-02T03:04:05Z',
        endsAt: '0001-01-01T00:00:00Z',
        generatorURL: 'http://127.0.0.1:9090/graph?g0.expr=latency+%3E+1&g0.tab=1',
        fingerprint: expect.stringMatching(/^[\da-f]{16}$/),
      })),
    });
    expect(second).toMatchObject({
      status: 'firing',
      alerts: [
        { status: 'resolved', labels: { job: 'a' }, endsAt: '2026-01-02T03:04:10Z' },
        { status: 'firing', labels: { job: 'b' } },
      ],
    });
  });

  it('has the fingerprint that Alertmanager gives', () => {
    expect(fingerprintOf({})).toBe('cbf29ce484222325');
    // From the tests of Prometheus' common library.
    expect(BigInt(`0x${fingerprintOf({ name: 'garland, briggs', fear: 'love is not enough' })}`)).toBe(5799056148416392346n);
    expect(fingerprintOf({ name: 'value', other: 'value' })).toBe(fingerprintOf({ other: 'value', name: 'value' }));
    expect(fingerprintOf({ a: 'bc' })).not.toBe(fingerprintOf({ ab: 'c' }));
  });
});

describe('groups of alerts', () => {
  it('are told of when an alert begins or ends to fire, and not in between', () => {
    const groups = createAlertGroups({});
    const [pending, firing, resolved] = [alert('pending', {}), alert('firing', {}), alert('inactive', {})];
    const told = (before: Alerts, after: Alerts): readonly unknown[] =>
      groups.apply({ rule, before, after, atMs: start + 9000 }).map((group) => group.alerts.map(({ endsAtMs }) => endsAtMs));
    expect(told(alerts(), alerts(pending))).toEqual([]);
    expect(told(alerts(pending), alerts(firing))).toEqual([[null]]);
    expect(told(alerts(firing), alerts(firing))).toEqual([]);
    expect(told(alerts(firing), alerts(resolved))).toEqual([[start + 5000]]);
    expect(told(alerts(resolved), alerts(resolved))).toEqual([]);
    expect(told(alerts(resolved), alerts(firing))).toEqual([[null]]);
    expect(told(alerts(firing), alerts())).toEqual([[start + 9000]]);
  });

  it('keep runs apart', () => {
    const [one, two] = [alert('firing', { faultline_run: '1' }), alert('firing', { faultline_run: '2' })];
    const changes = createAlertGroups({}).apply({ rule, before: alerts(), after: alerts(one, two), atMs: start });
    expect(changes.map(({ groupLabels }) => groupLabels)).toEqual([
      { alertname: 'Slow', faultline_run: '1' },
      { alertname: 'Slow', faultline_run: '2' },
    ]);
  });

  it('tell of every begin and end exactly once, whatever the history', () => {
    fc.assert(
      fc.property(fc.array(fc.array(fc.boolean(), { minLength: 3, maxLength: 3 }), { maxLength: 30 }), (steps) => {
        const groups = createAlertGroups({});
        const [wanted, told]: [string[], string[]] = [[], []];
        let before = alerts();
        steps.forEach((firing, step) => {
          const after = alerts(...firing.map((fires, index) => alert(fires ? 'firing' : 'inactive', { job: String(index) })));
          firing.forEach((fires, index) => {
            const did = (step > 0 && steps[step - 1]![index]) === true;
            if (fires !== did) wanted.push(`${step} ${index} ${fires ? 'begins' : 'ends'}`);
          });
          for (const change of groups.apply({ rule, before, after, atMs: start })) {
            const ended = change.alerts.filter(({ endsAtMs }) => endsAtMs !== null);
            told.push(...ended.map(({ labels }) => `${step} ${labels['job']} ends`));
            const still = change.alerts.filter(({ endsAtMs }) => endsAtMs === null).map(({ labels }) => String(labels['job']));
            expect(still.toSorted()).toEqual(['0', '1', '2'].filter((_, index) => firing[index]));
            told.push(...still.filter((job) => step === 0 || !steps[step - 1]![Number(job)]).map((job) => `${step} ${job} begins`));
          }
          before = after;
        });
        expect(told.toSorted()).toEqual(wanted.toSorted());
      }),
    );
  });
});

describe('a delivery queue', () => {
  const queueOf = (post: Post, clock: Clock = fastClock, capacity = 3) =>
    createDeliveryQueue({ url: 'u', post, clock, capacity, timeoutMs: 10, retryAfterMs: [1, 2] });
  const answering = (...statuses: readonly (number | Error)[]): { readonly post: Post; readonly bodies: string[] } => {
    const bodies: string[] = [];
    return {
      bodies,
      post: async (_url, body) => {
        const status = statuses[bodies.push(body) - 1] ?? 200;
        if (status instanceof Error) throw status;
        return status;
      },
    };
  };
  /** Time-outs never come, pauses are over at once. */
  const patient = {
    now: () => 0,
    sleep: async (ms: number, signal?: AbortSignal) => (ms === 10 ? stillClock.sleep(ms, signal) : undefined),
  };

  it('sends in order, and tries again after an error that may pass', async () => {
    const { post, bodies } = answering(503, new Error('connection refused'), 200, 429, 200);
    await using queue = queueOf(post, patient);
    queue.push('one');
    queue.push('two');
    await settled();
    expect(bodies).toEqual(['one', 'one', 'one', 'two', 'two']);
    expect(queue.report()).toEqual({ url: 'u', queued: 0, sent: 2, failed: 0, dropped: 0, lastError: 'answered 429' });
  });

  it('gives up after its tries, and at once where the receiver refuses', async () => {
    const { post, bodies } = answering(500, 500, 502, 400);
    await using queue = queueOf(post, patient);
    queue.push('one');
    queue.push('two');
    await settled();
    expect(bodies).toEqual(['one', 'one', 'one', 'two']);
    expect(queue.report()).toMatchObject({ sent: 0, failed: 2, lastError: 'answered 400' });
  });

  it('does not wait for an answer longer than the time-out', async () => {
    const signals: AbortSignal[] = [];
    await using queue = queueOf(async (_url, _body, signal) => {
      signals.push(signal);
      return Promise.withResolvers<number>().promise;
    });
    queue.push('one');
    await settled();
    expect(queue.report()).toMatchObject({ failed: 1, lastError: 'no answer within 10 ms' });
    expect(signals.map(({ aborted }) => aborted)).toEqual([true, true, true]);
  });

  it('lets the oldest go past its bound, counts it, and counts what is left at the end', async () => {
    const sent: string[] = [];
    const never: Post = async (_url, body, signal) => {
      sent.push(body);
      return new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(new Error('ended')), { once: true }));
    };
    const queue = queueOf(never, patient, 2);
    for (const body of ['sending', 'a', 'b', 'c']) queue.push(body);
    await settled();
    expect(queue.report()).toMatchObject({ queued: 2, dropped: 1 });
    await queue[Symbol.asyncDispose]();
    expect(sent).toEqual(['sending']);
    queue.push('too late');
    expect(queue.report()).toMatchObject({ queued: 0, dropped: 4, sent: 0, failed: 1 });
  });
});
