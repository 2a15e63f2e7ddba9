// Functions on text. Of two names for one thing, the one in capitals takes the text first, the other one last, so that it can be piped into.
import { compileGlobalRegex } from '../regex.ts';
import type { TemplateFunction } from './functions.ts';
import { expandReplacement } from './replacement.ts';
import { asCount, asText, isTruthy, TemplateProblem } from './value.ts';
import type { TemplateValue } from './value.ts';

type Texts = (...texts: readonly string[]) => TemplateValue;

const ofTexts =
  (apply: Texts): TemplateFunction =>
  (...values) =>
    apply(...values.map((value) => asText(value)));

const codePoints = (text: string): readonly string[] => Array.from(text);

/** These two count bytes, as in Loki, where others count letters. */
const truncate = (count: number, text: string): string => {
  const bytes = Buffer.from(text);
  if (count < 0 && bytes.length + count > 0) return bytes.subarray(count).toString();
  return count >= 0 && bytes.length > count ? bytes.subarray(0, count).toString() : text;
};

const substring = (start: number, end: number, text: string): string => {
  const bytes = Buffer.from(text);
  if (start > bytes.length || (end >= 0 && start > end))
    throw new TemplateProblem(`substr: slice bounds out of range [${start}:${end}] of ${bytes.length} bytes`);
  if (start < 0) return bytes.subarray(0, Math.max(0, end)).toString();
  return (end < 0 || end > bytes.length ? bytes.subarray(start) : bytes.subarray(start, end)).toString();
};

const align = (count: number, text: string, isLeft: boolean): string => {
  const points = codePoints(text);
  if (count < 0 || count === points.length) return text;
  const padding = ' '.repeat(Math.max(0, Math.min(count, 4_096) - points.length));
  if (padding !== '') return isLeft ? `${text}${padding}` : `${padding}${text}`;
  return (isLeft ? points.slice(0, count) : points.slice(points.length - count)).join('');
};

const trimSet = (text: string, set: string, left: boolean, right: boolean): string => {
  const points = codePoints(text);
  const cut = new Set(set);
  const isKept = (point: string): boolean => !cut.has(point);
  const from = left ? points.findIndex(isKept) : 0;
  const to = right ? points.findLastIndex(isKept) : points.length - 1;
  return from < 0 ? '' : points.slice(from, to + 1).join('');
};

const withoutPrefix = (text: string, prefix: string): string => (text.startsWith(prefix) ? text.slice(prefix.length) : text);
const withoutSuffix = (text: string, suffix: string): string =>
  suffix !== '' && text.endsWith(suffix) ? text.slice(0, -suffix.length) : text;

/** A line of a template must not grow without bound. */
const repeat = (count: number, text: string): string => {
  if (count * text.length > 1_000_000) throw new TemplateProblem(`repeat: ${count} times ${text.length} characters are too many`);
  return text.repeat(Math.max(0, count));
};

const replaceSome = (text: string, from: string, to: string, count: number): string => {
  if (count < 0) return text.replaceAll(from, () => to);
  let left = count;
  return text.replaceAll(from, (found) => ((left -= 1) >= 0 ? to : found));
};

const indent = (count: number, text: string): string => ' '.repeat(count) + text.replaceAll('\n', `\n${' '.repeat(count)}`);

const decodeUrl = (text: string): string => {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    throw new TemplateProblem(`invalid URL escape in ${JSON.stringify(text)}`);
  }
};

export const textFunctions: Readonly<Record<string, TemplateFunction>> = {
  ToLower: ofTexts((text = '') => text.toLowerCase()),
  lower: ofTexts((text = '') => text.toLowerCase()),
  ToUpper: ofTexts((text = '') => text.toUpperCase()),
  upper: ofTexts((text = '') => text.toUpperCase()),
  title: ofTexts((text = '') => text.replaceAll(/(?<![\p{L}\p{N}_'])\p{L}/gu, (letter) => letter.toUpperCase())),
  Replace: (text, from, to, count) => replaceSome(asText(text), asText(from), asText(to), asCount(count)),
  replace: ofTexts((from = '', to = '', text = '') => text.replaceAll(from, () => to)),
  Trim: ofTexts((text = '', set = '') => trimSet(text, set, true, true)),
  trimAll: ofTexts((set = '', text = '') => trimSet(text, set, true, true)),
  TrimLeft: ofTexts((text = '', set = '') => trimSet(text, set, true, false)),
  TrimRight: ofTexts((text = '', set = '') => trimSet(text, set, false, true)),
  TrimSpace: ofTexts((text = '') => text.trim()),
  trim: ofTexts((text = '') => text.trim()),
  TrimPrefix: ofTexts((text = '', prefix = '') => withoutPrefix(text, prefix)),
  trimPrefix: ofTexts((prefix = '', text = '') => withoutPrefix(text, prefix)),
  TrimSuffix: ofTexts((text = '', suffix = '') => withoutSuffix(text, suffix)),
  trimSuffix: ofTexts((suffix = '', text = '') => withoutSuffix(text, suffix)),
  contains: ofTexts((part = '', text = '') => text.includes(part)),
  hasPrefix: ofTexts((prefix = '', text = '') => text.startsWith(prefix)),
  hasSuffix: ofTexts((suffix = '', text = '') => text.endsWith(suffix)),
  trunc: (count, text) => truncate(asCount(count), asText(text)),
  substr: (start, end, text) => substring(asCount(start), asCount(end), asText(text)),
  alignLeft: (count, text) => align(asCount(count), asText(text), true),
  alignRight: (count, text) => align(asCount(count), asText(text), false),
  indent: (count, text) => indent(Math.min(asCount(count), 4_096), asText(text)),
  nindent: (count, text) => `\n${indent(Math.min(asCount(count), 4_096), asText(text))}`,
  repeat: (count, text) => repeat(asCount(count), asText(text)),
  regexReplaceAll: ofTexts((pattern = '', text = '', to = '') => expandReplacement(compileGlobalRegex(pattern), text, to)),
  regexReplaceAllLiteral: ofTexts((pattern = '', text = '', to = '') => text.replaceAll(compileGlobalRegex(pattern), () => to)),
  count: ofTexts((pattern = '', text = '') => BigInt([...text.matchAll(compileGlobalRegex(pattern))].length)),
  urldecode: ofTexts((text = '') => decodeUrl(text)),
  urlencode: ofTexts((text = '') =>
    encodeURIComponent(text)
      .replaceAll('%20', '+')
      .replaceAll(/[!'()*]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`),
  ),
  b64enc: ofTexts((text = '') => Buffer.from(text).toString('base64')),
  b64dec: ofTexts((text = '') => Buffer.from(text, 'base64').toString()),
  default: (fallback, value) => (isTruthy(value ?? null) ? (value ?? null) : (fallback ?? null)),
};
