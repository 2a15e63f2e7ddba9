// The part of the command line that is about rules: --rules FILE, --evaluation-interval 1s, --external-label k=v, --webhook URL.
import { parseDurationText } from './promql/syntax/number.ts';
import { loadRuleFiles } from './rules/reading/load-rule-files.ts';
import type { RuleGroup, TextMap } from './rules/rule.ts';

export const ruleFlags = {
  rules: { type: 'string', multiple: true, default: [] as string[] },
  'evaluation-interval': { type: 'string', default: '1m' },
  'external-label': { type: 'string', multiple: true, default: [] as string[] },
  webhook: { type: 'string', multiple: true, default: [] as string[] },
} as const;

export type RuleFlags = {
  readonly rules: readonly string[];
  readonly 'evaluation-interval': string;
  readonly 'external-label': readonly string[];
  readonly webhook: readonly string[];
};

export type RuleSettings = {
  readonly groups: readonly RuleGroup[];
  readonly intervalMs: number;
  readonly externalLabels: TextMap;
  readonly webhooks: readonly string[];
};

const readInterval = (text: string): number => {
  const seconds = parseDurationText(text) ?? 0;
  if (seconds <= 0) throw new Error(`--evaluation-interval ${text} is no duration; give one such as 1s or 1m`);
  return Math.round(seconds * 1000);
};

const readLabel = (text: string): [string, string] => {
  const [, name, value] = /^([a-zA-Z_]\w*)=(.*)$/s.exec(text) ?? [];
  if (name === undefined || value === undefined) throw new Error(`--external-label ${text} is no label; give one such as cluster=desk`);
  return [name, value];
};

const readUrl = (text: string): string => {
  if (!URL.canParse(text) || !/^https?:$/.test(new URL(text).protocol)) throw new Error(`--webhook ${text} is no http or https URL`);
  return text;
};

/** Throws what to say to whoever gave the flags. */
export const readRuleFlags = async (flags: RuleFlags): Promise<RuleSettings> => {
  const settings = {
    intervalMs: readInterval(flags['evaluation-interval']),
    externalLabels: Object.fromEntries(flags['external-label'].map(readLabel)),
    webhooks: flags.webhook.map(readUrl),
  };
  const files = await loadRuleFiles(flags.rules);
  return { ...settings, groups: files.flatMap(({ groups }) => groups) };
};
