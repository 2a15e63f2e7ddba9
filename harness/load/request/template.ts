// Text with {{placeholders}}, compiled once: what a request says is made from the seed and the request's number alone, so that a retry says the same again.
import type { Random } from '../../traffic/random.ts';
import { type Suggest, suggestNothing } from '../suggest.ts';

export type Filling = {
  /** The request's (in a batch: the item's) number, from 0. */
  readonly number: number;
  readonly seed: number;
  /** Of this number alone. */
  readonly random: Random;
  readonly key: () => string;
  /** Wall time at which it is due, epoch milliseconds. */
  readonly dueAt: number;
};

export type Template = { readonly isFixed: boolean; fill(filling: Filling): string };
export type TemplateRead = { readonly template: Template | null; readonly problems: readonly string[] };

type Part = string | ((filling: Filling) => string);

/** What each placeholder becomes; `int` takes its bounds: {{int:1:6}}. */
export const placeholders: Readonly<Record<string, string>> = {
  n: 'the number of the request, from 0',
  id: 'an identity that no other request of the seed has; retries have the same',
  key: 'one of the keys of --keys',
  int: '{{int:1:6}}: a whole number, both ends included',
  uuid: 'a UUID made from the seed',
  time: 'when the request is due, RFC 3339',
};

export const readTemplate = (text: string, suggest: Suggest = suggestNothing): TemplateRead => {
  const problems: string[] = [];
  const parts = text.split(/\{\{\s*([^{}]*?)\s*\}\}/g).map((piece, index): Part => {
    if (index % 2 === 0) return piece;
    const part = partOf(piece, suggest);
    if (typeof part === 'function') return part;
    problems.push(part.problem);
    return '';
  });
  if (problems.length > 0) return { template: null, problems };
  return { template: toTemplate(parts), problems };
};

const toTemplate = (parts: readonly Part[]): Template => {
  const fixed = parts.every((part) => typeof part === 'string') ? parts.join('') : null;
  return {
    isFixed: fixed !== null,
    fill: (filling) => fixed ?? parts.map((part) => (typeof part === 'string' ? part : part(filling))).join(''),
  };
};

const partOf = (written: string, suggest: Suggest): ((filling: Filling) => string) | { readonly problem: string } => {
  const [name = '', ...bounds] = written.split(':');
  switch (name) {
    case 'n':
      return ({ number }) => String(number);
    case 'id':
      return ({ seed, number }) => `load-${seed}-${number}`;
    case 'key':
      return ({ key }) => key();
    case 'uuid':
      return ({ random }) => uuidFrom(random);
    case 'time':
      return ({ dueAt }) => new Date(dueAt).toISOString();
    case 'int':
      return intPart(written, bounds);
    default:
      return {
        problem: `there is no placeholder {{${written}}}.${suggest(name, Object.keys(placeholders))} There are ${Object.keys(placeholders).join(', ')}.`,
      };
  }
};

const intPart = (written: string, bounds: readonly string[]): ReturnType<typeof partOf> => {
  const [from = NaN, to = NaN] = bounds.map(Number);
  if (bounds.length !== 2 || !Number.isSafeInteger(from) || !Number.isSafeInteger(to) || to < from || to - from > 0x7fff_ffff)
    return { problem: `{{${written}}} needs two whole numbers, the smaller one first, as in {{int:1:6}}.` };
  return ({ random }) => String(random.int(from, to));
};

/** Version 4, variant 1 (RFC 9562), its random bits from the seed. */
const uuidFrom = (random: Random): string => {
  const hex = Array.from({ length: 8 }, () => random.int(0, 0xffff).toString(16).padStart(4, '0')).join('');
  const variant = ((parseInt(hex[16] as string, 16) & 3) | 8).toString(16);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20)}`;
};
