// The alerts that fire, above everything else, each with its runbook. That they can't be read is said too: silence would look like calm.
import { safeUrl } from '../../../../dashboards/display/link.ts';
import { labelsOf, list, record, textOf } from '../../../../dashboards/frames/api-answer.ts';
import { ask, wasAborted } from './ask.ts';
import { pageConfig } from './config.ts';
import { el, link, swap } from './dom.ts';
import { clockText } from './time-text.ts';

type Alert = {
  readonly state: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly activeAt: string;
};

const alertsIn = (answer: unknown): readonly Alert[] =>
  list(record(record(answer)['data'])['alerts'])
    .map(record)
    .map((alert) => ({
      state: textOf(alert['state']),
      labels: labelsOf(alert['labels']),
      annotations: labelsOf(alert['annotations']),
      activeAt: textOf(alert['activeAt']),
    }));

/** Runbooks of this repository are served here, whichever host the rule names. */
const runbookOf = ({ labels, annotations }: Alert): string => {
  const said = annotations['runbook_url'] ?? '';
  const file = /([\w.-]+?)(?:\.md)?(?:#.*)?$/.exec(said)?.[1];
  const isOurs = said === '' || /runbooks\/[\w.-]+$/.test(said) || safeUrl(said) === null;
  return isOurs ? `/runbooks/${encodeURIComponent(file ?? labels['alertname'] ?? '')}` : said;
};

const about = ({ labels }: Alert): string =>
  Object.entries(labels)
    .filter(([name]) => name !== 'alertname' && name !== 'severity')
    .map(([name, value]) => `${name}=${value}`)
    .join(' ');

const entryOf = (alert: Alert): HTMLElement =>
  el(
    'li',
    { class: `alert severity-${/^[a-z]+$/.test(alert.labels['severity'] ?? '') ? alert.labels['severity'] : 'none'}` },
    el('b', {}, alert.labels['alertname'] ?? 'an alert without a name'),
    ' ',
    el('span', {}, alert.annotations['summary'] ?? ''),
    ' ',
    el(
      'small',
      {},
      `${about(alert)}${Number.isNaN(Date.parse(alert.activeAt)) ? '' : ` since ${clockText(Date.parse(alert.activeAt), false)}`}`,
    ),
    ' ',
    link(runbookOf(alert), 'Runbook'),
  );

/** Fires always, to show that rules are evaluated: no news, but its absence is. */
const isHeartbeat = ({ labels }: Alert): boolean => labels['severity'] === 'heartbeat';

const calm = (hasHeartbeat: boolean): string =>
  hasHeartbeat ? 'No alert fires.' : 'No alert fires. There is no heartbeat either: whether rules are evaluated is not known.';

const pendingText = (count: number): string => (count === 0 ? '' : `${count} pending.`);

export type AlertsStrip = { readonly root: HTMLElement; refresh(signal: AbortSignal): Promise<void> };

export const createAlertsStrip = (): AlertsStrip => {
  const root = el('section', { class: 'alerts', 'aria-label': 'Alerts', 'aria-live': 'polite' });
  const show = (alerts: readonly Alert[]): void => {
    const real = alerts.filter((alert) => !isHeartbeat(alert));
    const firing = real.filter(({ state }) => state === 'firing');
    const notes = [firing.length === 0 ? calm(alerts.some(isHeartbeat)) : '', pendingText(real.length - firing.length)].filter(
      (note) => note !== '',
    );
    const list = firing.length === 0 ? null : el('ul', {}, ...firing.map(entryOf));
    swap(root, list, notes.length === 0 ? null : el('p', { class: 'note' }, notes.join(' ')));
  };
  return {
    root,
    refresh: async (signal) => {
      try {
        show(alertsIn(await ask(`${pageConfig.backends.prometheus}/api/v1/alerts`, signal)));
      } catch (error) {
        if (!wasAborted(error)) swap(root, el('p', { class: 'note' }, `Alerts can not be read: ${(error as Error).message}`));
      }
    },
  };
};
