// What is to be sent, from the flags: target, method, headers, body, keys, batches.
import type { BatchKind, RequestSource } from '../load/request/request-source.ts';
import { readTemplate } from '../load/request/template.ts';
import { whyNotPermitted } from '../load/target.ts';
import type { Traffic } from '../scenario/scenario.ts';
import type { LoadFlags } from './load-flags.ts';
import { type FlagReader, readText } from './load-reader.ts';
import { didYouMean } from './near-names.ts';

export type ReadRequest = { readonly target: URL; readonly request: RequestSource };

const batchKinds: readonly BatchKind[] = ['json', 'ndjson'];

/** Null where there is no target; all else that is wrong is in the reader's problems. */
export const readRequest = (flags: LoadFlags, reader: FlagReader): ReadRequest | null => {
  const body = readBody(flags, reader);
  const headers = readHeaders(flags, body, reader);
  const keys = readKeys(flags.keys, reader);
  const batch = readBatch(flags, body, reader);
  const target = readTarget(flags, reader);
  if (target === null) return null;
  const method = (flags.method ?? (body === null ? 'GET' : 'POST')).toUpperCase();
  if (!/^[A-Z]+$/.test(method)) reader.problems.push(`--method ${flags.method}: expected the name of an HTTP method`);
  if (body !== null && (method === 'GET' || method === 'HEAD'))
    reader.problems.push(`--method ${method} has no body: leave --body out, or take another`);
  // Placeholders survive in the path and the query as they were typed.
  const path =
    flags.target
      ?.slice(flags.target.indexOf('://') + 3)
      .replace(/^[^/?#]*/, '')
      .replace(/#.*$/, '') ?? '';
  const request = { method, origin: target.origin, path: path.startsWith('/') ? path : `/${path}`, headers, body, keys, batch };
  checkTemplate('--target', request.path, reader);
  return { target, request };
};

const readTarget = ({ target, permittedHost }: LoadFlags, { problems }: FlagReader): URL | null => {
  if (target === undefined) {
    problems.push('--target is missing: say where to send, as in --target http://127.0.0.1:4000/events');
    return null;
  }
  const url = URL.parse(target);
  if (url === null || !/^https?:$/.test(url.protocol)) {
    problems.push(`--target ${target}: expected a URL with http:// or https://`);
    return null;
  }
  const why = whyNotPermitted(url, permittedHost);
  if (why !== null) problems.push(`--target: ${why}`);
  if (url.username !== '' || url.password !== '') problems.push('--target: credentials in a URL end up in files; give them as --header');
  return url;
};

const readBody = (flags: LoadFlags, reader: FlagReader): string | null => {
  if (flags.body !== undefined && flags.bodyFile !== undefined) reader.problems.push('--body and --body-file are the same thing: give one');
  const text = flags.body ?? (flags.bodyFile === undefined ? null : readText('--body-file', flags.bodyFile, reader));
  if (text !== null) checkTemplate('--body', text, reader);
  return text;
};

const checkTemplate = (flag: string, text: string, { problems }: FlagReader): void =>
  void problems.push(...readTemplate(text, didYouMean).problems.map((problem) => `${flag}: ${problem}`));

/** A body without a type of its own is JSON. */
const readHeaders = ({ header, batchAs, batch }: LoadFlags, body: string | null, reader: FlagReader): RequestSource['headers'] => {
  const headers = header.flatMap((text): readonly (readonly [string, string])[] => {
    const [, name, value] = /^\s*([!#$%&'*+.^_`|~\w-]+)\s*:\s*(.*?)\s*$/.exec(text) ?? [];
    if (name === undefined || value === undefined) {
      reader.problems.push(`--header ${text}: expected a name and a value, as in 'authorization: Bearer …'`);
      return [];
    }
    checkTemplate('--header', value, reader);
    return [[name.toLowerCase(), value]];
  });
  const isTyped = headers.some(([name]) => name === 'content-type');
  const type = batch !== undefined && batchAs === 'ndjson' ? 'application/x-ndjson' : 'application/json';
  return body === null || isTyped ? headers : [['content-type', type], ...headers];
};

const readBatch = (flags: LoadFlags, body: string | null, reader: FlagReader): RequestSource['batch'] => {
  const as = reader.oneOf('--batch-as', flags.batchAs, batchKinds);
  if (flags.batch === undefined) return null;
  if (body === null) reader.problems.push('--batch needs a --body, of which it sends several in one request');
  return { items: reader.whole('--batch', flags.batch, 1, 10_000), as };
};

const mostKeys = 1_000_000;
const keysExpected = `expected uniform:1000, zipf:1000:1.1, or hot:1000:5:80% (of 1000 keys the first 5 take 80%), with up to ${mostKeys} keys`;

const readKeys = (text: string, { problems }: FlagReader): Traffic['keys'] => {
  const keys = keysIn(text);
  if (keys === null || keys.count < 1 || keys.count > mostKeys) problems.push(`--keys ${text}: ${keysExpected}`);
  return keys ?? { kind: 'uniform', count: 1 };
};

const keysIn = (text: string): Traffic['keys'] | null => {
  const [, kind, count, one, share] = /^(uniform|zipf|hot):(\d+)(?::(\d+(?:\.\d+)?))?(?::(\d+(?:\.\d+)?)%)?$/.exec(text) ?? [];
  const keys = Number(count);
  if (kind === 'uniform' && one === undefined) return { kind, count: keys };
  if (kind === 'zipf' && Number(one) > 0 && Number(one) <= 4 && share === undefined) return { kind, count: keys, exponent: Number(one) };
  const [hot, hotShare] = [Number(one), Number(share) / 100];
  return kind === 'hot' && Number.isInteger(hot) && hot >= 1 && hot < keys && hotShare > 0 && hotShare <= 1
    ? { kind, count: keys, hot, share: hotShare }
    : null;
};
