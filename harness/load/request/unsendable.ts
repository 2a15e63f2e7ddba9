// What undici refuses before it sends anything: told as a mistake of the command line it can be mended, counted it would be an error of a target that never saw a request.
// Its rules are in node_modules/undici/lib/core/request.js; a test holds these against it. Pure.
import type { MadeRequest } from './make-requests.ts';
import type { RequestSource } from './request-source.ts';

/** Not in a path: spaces, control characters, and what is not of Latin-1. */
const notInPath = /[^\u0021-\u00ff]/u;
const notInHeader = /[^\t\u0020-\u007e\u0080-\u00ff]/u;
const token = /^[!#$%&'*+.^_`|~\w-]+$/;

/** Each problem begins with its flag. `first`: the first request of the source; placeholders are filled with what may be sent anywhere. */
export const whyUnsendable = (source: RequestSource, first: MadeRequest): readonly string[] => [
  ...pathProblems(first.path),
  ...source.headers.flatMap(([name], index) => {
    const why = whyNotHeader(source, first, name, first.headers[index * 2 + 1] ?? '');
    // Its value may be a secret.
    return why === null ? [] : [`--header ${name}: ${why}`];
  }),
  ...['host', 'content-length']
    .filter((once) => source.headers.filter(([name]) => name === once).length > 1)
    .map((once) => `--header ${once}: it can be given only once`),
];

const pathProblems = (path: string): readonly string[] => {
  const [found] = notInPath.exec(path) ?? [];
  if (found === undefined) return [];
  const encoded = encodeURIComponent(found.toWellFormed());
  return [`--target: ${path} can't be sent, for ${named(found)} may not be in a path or a query: write it as ${encoded}`];
};

const whyNotHeader = ({ body, batch }: RequestSource, first: MadeRequest, name: string, value: string): string | null => {
  const [found] = notInHeader.exec(value) ?? [];
  if (found !== undefined) return `its value holds ${named(found)}, which no header can: leave it out, or encode it`;
  if (name === 'transfer-encoding' || name === 'keep-alive' || name === 'upgrade' || name === 'expect')
    return 'our own driver can not send it: leave it out';
  if (name === 'connection' && !value.split(',').every((each) => token.test(each.trim())))
    return 'expected names with commas between them, as in close';
  if (name !== 'content-length') return null;
  const isFixed = batch === null && body?.includes('{{') !== true;
  const isRight = /^\d+$/.test(value) && (first.body === null || first.body.length === 0 || Number(value) === first.body.length);
  return isRight && isFixed ? null : 'it is counted from the body: leave it out';
};

const named = (text: string): string => {
  const code = `U+${(text.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`;
  return text === ' ' ? 'a space' : /^[\p{L}\p{N}\p{P}\p{S}]$/u.test(text) ? `${text} (${code})` : code;
};
