// Template functions on text: regular expressions, hosts and ports, titles, links.
import { isIP } from 'node:net';
import { compileSearch } from '../../promql/compile-regex.ts';
import { RegexRefused } from '../../promql/regex.ts';
import { ExpansionFailed } from './template-error.ts';

const compile = (pattern: string): RegExp => {
  try {
    return compileSearch(pattern);
  } catch (error) {
    if (error instanceof RegexRefused) throw new ExpansionFailed(error.message);
    throw error;
  }
};

export const matchesAnywhere = (pattern: string, text: string): boolean => compile(pattern).test(text);

/** Go's references: $1, ${1}, $name, ${name}, $$; the longest name counts, and one that is not there is empty. */
export const replaceAll = (pattern: string, replacement: string, text: string): string =>
  text.replaceAll(compile(pattern), (...found: unknown[]) => {
    const last = found.at(-1);
    const names = (typeof last === 'object' ? last : {}) as Readonly<Record<string, string | undefined>>;
    return replacement.replaceAll(/\$(?:\$|\{(\w+)\}|(\w+))/g, (whole: string, braced?: string, bare?: string) => {
      if (whole === '$$') return '$';
      const name = braced ?? bare ?? '';
      const group = /^\d+$/.test(name) ? found[Number(name)] : names[name];
      return typeof group === 'string' ? group : '';
    });
  });

/** null where there is no port. */
const splitHostPort = (text: string): { readonly host: string; readonly port: string } | null => {
  const parts = /^(?:\[([^[\]]*)\]|([^[\]:]*)):([^:]*)$/.exec(text);
  return parts === null ? null : { host: parts[1] ?? parts[2]!, port: parts[3]! };
};

export const stripPort = (text: string): string => splitHostPort(text)?.host ?? text;

export const stripDomain = (text: string): string => {
  const { host, port } = splitHostPort(text) ?? { host: text, port: '' };
  if (isIP(host) !== 0) return text;
  const name = host.split('.')[0]!;
  if (port === '') return name;
  return name.includes(':') ? `[${name}]:${port}` : `${name}:${port}`;
};

/** Marks that join two parts of one word, where letters are on both sides. */
export const titleCase = (text: string): string =>
  text.replaceAll(/(?<![\p{L}\p{N}\p{M}_]|[\p{L}\p{N}][.:'’·])\p{L}/gu, (letter) => letter.toUpperCase());

/** Go's url.QueryEscape. */
export const queryEscape = (text: string): string =>
  encodeURIComponent(text)
    .replaceAll('%20', '+')
    .replaceAll(/[!'()*]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`);

export const graphLink = (expression: string): string => `/graph?g0.expr=${queryEscape(expression)}&g0.tab=0`;

export const tableLink = (expression: string): string => `/graph?g0.expr=${queryEscape(expression)}&g0.tab=1`;
