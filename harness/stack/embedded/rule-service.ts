// Rules as part of the server: evaluated from when it is ready until it closes, their alerts sent to the webhooks that were named.
import type { FastifyInstance } from 'fastify';
import type { Clock } from '../../engine/clock.ts';
import type { RulesView } from './prometheus-api/answer.ts';
import type { RuleSettings } from './rule-options.ts';
import { createNotifier } from './rules/notify/notifier.ts';
import type { RuleStore } from './rules/rule-group.ts';
import { createRulesEngine } from './rules/rules-engine.ts';

export type RuleService = RulesView & {
  /** Hooks reach the whole server: it must not be given a scope of its own. */
  attach(app: FastifyInstance): void;
  report(): Readonly<Record<string, unknown>>;
};

export const noRules: RuleSettings = { groups: [], intervalMs: 60_000, externalLabels: {}, webhooks: [] };

export const createRuleService = (settings: RuleSettings, store: RuleStore, clock: Clock): RuleService => {
  const { groups, intervalMs, externalLabels, webhooks } = settings;
  const stop = new AbortController();
  let running: Promise<void> = Promise.resolve();
  let externalUrl = (): string => '';
  const notifier = createNotifier({ webhooks, externalLabels, externalUrl: () => externalUrl(), clock });
  const engine = createRulesEngine({
    groups,
    intervalMs,
    externalLabels,
    externalUrl: () => externalUrl(),
    store,
    nowMs: () => clock.now(),
    elapsedMs: () => performance.now(),
    // Prometheus' step of subqueries that name none is its evaluation interval.
    query: { defaultSubqueryStepMs: intervalMs, nowMs: () => clock.now() },
    onAlerts: (change) => notifier.notify(change),
  });
  return {
    statuses: engine.statuses,
    receivers: () => webhooks,
    report: () => ({ ...engine.report(), notifications: notifier.report() }),
    attach: (app) => {
      externalUrl = () => (app.server.listening ? app.listeningOrigin : '');
      app.addHook('onReady', async () => void (running = engine.run(clock, stop.signal)));
      app.addHook('onClose', async () => {
        stop.abort();
        await running;
        await notifier[Symbol.asyncDispose]();
      });
    },
  };
};
