// What a cast makes of one event's raw text. Pure, and it never throws; no digit of what it leaves alone is lost.
import { applyFix } from '../recovery/apply-fix.ts';
import { addMember, findPlace, parsePointer, removeChild, typeAt } from '../recovery/json-place.ts';
import type { Cast, CastRule } from './cast-rules.ts';

export type CastEnd =
  | {
      readonly body: string;
      /** Places that were there and that the cast is known to lose. */
      readonly lost: readonly string[];
    }
  | { readonly refused: { readonly rule: number; readonly path: string; readonly why: string } };

export const applyCast = (body: string, { rules, loses = [] }: Cast): CastEnd => {
  let now = body;
  for (const [index, rule] of rules.entries()) {
    const step = applyRule(now, rule);
    if ('why' in step) return { refused: { rule: index, path: rule.path, why: step.why } };
    now = step.body;
  }
  return { body: now, lost: loses.filter((place) => findPlace(body, parsePointer(place)) !== null) };
};

type Step = { readonly body: string } | { readonly why: string };

const applyRule = (body: string, rule: CastRule): Step => {
  if (rule.op === 'move') return move(body, rule);
  if (rule.op === 'default') return putDefault(body, rule);
  const fixed = applyFix(body, [rule]);
  if (fixed.outcome === 'refused') return { why: fixed.why };
  return { body: fixed.outcome === 'changed' ? fixed.body : body };
};

const parentOf = (body: string, tokens: readonly string[]) => {
  const parent = findPlace(body, tokens.slice(0, -1));
  return parent !== null && typeAt(body, parent) === 'object' ? parent : null;
};

const putDefault = (body: string, { path, value }: Extract<CastRule, { op: 'default' }>): Step => {
  const tokens = parsePointer(path);
  const parent = parentOf(body, tokens);
  if (parent === null || findPlace(body, tokens) !== null) return { body };
  return { body: addMember(body, parent, tokens.at(-1)!, JSON.stringify(value)) };
};

const move = (body: string, { from, path }: Extract<CastRule, { op: 'move' }>): Step => {
  const [source, target] = [parsePointer(from), parsePointer(path)];
  const found = findPlace(body, source);
  if (found === null) return { body };
  if (findPlace(body, target) !== null) return { why: 'something is in that place already' };
  const text = body.slice(found.start, found.end);
  const without = removeChild(body, findPlace(body, source.slice(0, -1))!, source.at(-1)!);
  const parent = parentOf(without, target);
  return parent === null
    ? { why: 'there is no object above that place to put it in' }
    : { body: addMember(without, parent, target.at(-1)!, text) };
};
