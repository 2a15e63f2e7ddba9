// From a change of alerts to messages at every webhook.
import type { Clock } from '../../../../engine/clock.ts';
import type { AlertChange } from '../alert-change.ts';
import type { TextMap } from '../rule.ts';
import { createAlertGroups } from './alert-groups.ts';
import type { DeliveryReport, Post } from './delivery-queue.ts';
import { createDeliveryQueue } from './delivery-queue.ts';
import { webhookMessage } from './webhook-message.ts';

export type Notifier = AsyncDisposable & { notify(change: AlertChange): void; report(): readonly DeliveryReport[] };

export type NotifierOptions = {
  readonly webhooks: readonly string[];
  readonly externalLabels: TextMap;
  readonly externalUrl: () => string;
  readonly clock: Clock;
  readonly post?: Post;
};

const bounds = { capacity: 100, timeoutMs: 5_000, retryAfterMs: [250, 1_000, 4_000] };

const postJson: Post = async (url, body, signal) => {
  const answer = await fetch(url, { method: 'POST', body, signal, headers: { 'content-type': 'application/json' } });
  await answer.body?.cancel();
  return answer.status;
};

export const createNotifier = ({ webhooks, externalLabels, externalUrl, clock, post = postJson }: NotifierOptions): Notifier => {
  const groups = createAlertGroups(externalLabels);
  const queues = webhooks.map((url) => createDeliveryQueue({ url, post, clock, ...bounds }));
  return {
    notify: (change) => {
      if (queues.length === 0) return;
      for (const { groupLabels, alerts } of groups.apply(change)) {
        const body = JSON.stringify(webhookMessage(groupLabels, alerts, externalUrl()));
        for (const queue of queues) queue.push(body);
      }
    },
    report: () => queues.map((queue) => queue.report()),
    [Symbol.asyncDispose]: async () => void (await Promise.all(queues.map((queue) => queue[Symbol.asyncDispose]()))),
  };
};
