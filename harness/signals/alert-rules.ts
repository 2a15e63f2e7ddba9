// Alerting rules: as an evaluator lists them, with their health, and as a rule file names them.
import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import type { AlertsRecord } from '../engine/run-data.ts';
import { ask, type Endpoint } from './ask.ts';
import { SignalError } from './signal-error.ts';

type Listed = { readonly name?: string; readonly type?: string; readonly health?: string; readonly lastError?: string };
type Groups = { readonly groups?: readonly { readonly interval?: number; readonly rules?: readonly Listed[] }[] };

/** Rules of one name count as one, as well as the worst of them; a recording rule that fails stands under its own name, for others rest on it. */
export const askAlertRules = async (endpoint: Endpoint): Promise<AlertsRecord['rules']> => {
  const url = `${endpoint.url}/api/v1/rules`;
  const { status, body } = await ask({ ...endpoint, backend: 'prometheus', url, asked: 'the rules' });
  const groups = (body as { readonly data?: Groups } | null)?.data?.groups;
  if (groups === undefined) throw new SignalError('prometheus', 'the rules', status, 'an answer without groups of rules');
  const listed = groups
    .flatMap(({ rules = [], interval = Infinity }) => rules.map((rule) => ({ ...rule, intervalSeconds: interval })))
    .filter(({ type, health }) => type === 'alerting' || health !== 'ok');
  return [...Map.groupBy(listed, ({ name = '' }) => name)].map(([alert, same]) => {
    const { health = 'unknown', lastError = '' } = same.find((rule) => rule.health !== 'ok') ?? { health: 'ok' };
    const intervalSeconds = Math.max(...same.map((rule) => rule.intervalSeconds));
    return { alert, health, intervalSeconds, ...(lastError === '' ? {} : { lastError }) };
  });
};

/** The names of the alerts in a rule file, and of the series that it records, each once. */
export const readRuleNames = (file: string): { readonly alerts: readonly string[]; readonly records: readonly string[] } => {
  const { groups = [] } = parse(readFileSync(file, 'utf8')) as { groups?: { rules?: { alert?: string; record?: string }[] }[] };
  const rules = groups.flatMap((group) => group.rules ?? []);
  const named = (key: 'alert' | 'record') => [...new Set(rules.flatMap((rule) => rule[key] ?? []))];
  return { alerts: named('alert'), records: named('record') };
};
