// What a fix makes of one event's raw text. Pure, and it never throws: of a value that it can not turn into what was asked for it says so.
import { eventLimits } from '../contract/event-limits.ts';
import type { FixChange, JsonType } from '../contract/recovery.ts';
import { isStorableNumber } from '../ingest/exact-number.ts';
import { isDeeperThan } from '../ingest/hostile-text.ts';
import type { FixCondition, FixRule } from './fix-rules.ts';
import { addMember, findPlace, parsePointer, type Place, removeChild, replaceAt, typeAt } from './json-place.ts';

export type Fixed =
  | { readonly outcome: 'changed'; readonly body: string; readonly changes: readonly FixChange[] }
  | { readonly outcome: 'unchanged' }
  /** Not fixed at all, because of this rule; rules are numbered from 0. */
  | { readonly outcome: 'refused'; readonly rule: number; readonly path: string; readonly why: string };

type Step = { readonly body: string } | { readonly refused: string };

export const applyFix = (body: string, rules: readonly FixRule[]): Fixed => {
  let now = body;
  const changes: FixChange[] = [];
  for (const [rule, each] of rules.entries()) {
    if (!holds(now, each.when)) continue;
    const tokens = parsePointer(each.path);
    const from = typeOf(now, tokens);
    const step = applyRule(now, tokens, each);
    if ('refused' in step) return { outcome: 'refused', rule, path: each.path, why: step.refused };
    if (step.body === now) continue;
    now = step.body;
    changes.push({ rule, op: each.op, path: each.path, from, to: typeOf(now, tokens) });
  }
  if (changes.length === 0) return { outcome: 'unchanged' };
  const { rule, path } = changes.at(-1)!;
  if (isDeeperThan(JSON.parse(now), eventLimits.depth))
    return { outcome: 'refused', rule, path, why: `the event would be nested deeper than ${eventLimits.depth}` };
  return { outcome: 'changed', body: now, changes };
};

const typeOf = (json: string, tokens: readonly string[]): JsonType | null => {
  const place = findPlace(json, tokens);
  return place === null ? null : typeAt(json, place);
};

const holds = (json: string, condition: FixCondition | undefined): boolean => {
  if (condition === undefined) return true;
  const place = findPlace(json, parsePointer(condition.path));
  const { exists = true, type, equals } = condition;
  if (exists !== (place !== null)) return false;
  if (place === null) return type === undefined && equals === undefined;
  const found = typeAt(json, place);
  if (type !== undefined && type !== found) return false;
  return equals === undefined || (found !== 'object' && found !== 'array' && JSON.parse(json.slice(place.start, place.end)) === equals);
};

const applyRule = (json: string, tokens: readonly string[], rule: FixRule): Step => {
  const place = findPlace(json, tokens);
  switch (rule.op) {
    case 'replace':
      return put(json, tokens, place, JSON.stringify(rule.value));
    case 'remove':
      return { body: place === null ? json : removeChild(json, findPlace(json, tokens.slice(0, -1))!, tokens.at(-1)!) };
    case 'cast':
      return place === null ? { body: json } : cast(json, place, rule.to);
  }
};

const put = (json: string, tokens: readonly string[], place: Place | null, text: string): Step => {
  if (place !== null) return { body: replaceAt(json, place, text) };
  const parent = findPlace(json, tokens.slice(0, -1));
  if (parent === null) return { refused: 'there is nothing above that place to put it in' };
  if (typeAt(json, parent) !== 'object')
    return { refused: `above that place is ${article(typeAt(json, parent))}, and only an object takes a new member` };
  return { body: addMember(json, parent, tokens.at(-1)!, text) };
};

type Target = Extract<FixRule, { op: 'cast' }>['to'];

const cast = (json: string, place: Place, to: Target): Step => {
  const raw = json.slice(place.start, place.end);
  const type = typeAt(json, place);
  const text = castText(raw, type, to);
  return text === null
    ? { refused: `${article(type)} in that place can not be written as ${article(to)}` }
    : { body: replaceAt(json, place, text) };
};

const wholeNumber = /^(-?(?:0|[1-9]\d*))(?:\.0+)?$/;
const jsonNumber = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/;

/** null: it can't be done without guessing. */
const castText = (raw: string, type: JsonType, to: Target): string | null => {
  if (type === 'object' || type === 'array' || type === 'null') return null;
  const value = type === 'string' ? (JSON.parse(raw) as string) : raw;
  if (to === 'string') return type === 'string' ? raw : JSON.stringify(raw);
  if (to === 'boolean') return type !== 'number' && (value === 'true' || value === 'false') ? value : null;
  if (type === 'boolean' || !jsonNumber.test(value) || !isStorableNumber(value)) return null;
  return to === 'number' ? value : (wholeNumber.exec(value)?.[1] ?? null);
};

const article = (word: string) => (word === 'null' ? word : `${/^[aio]/.test(word) ? 'an' : 'a'} ${word}`);
