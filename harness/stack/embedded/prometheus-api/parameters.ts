// Parameters from the URL and from a form in the body, the body's first; a name may come more than once.
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { parseFloatText } from '../promql/float-text.ts';
import { parseDurationText } from '../promql/syntax/number.ts';
import { invalidParameter } from './envelope.ts';

export type Parameters = { first(name: string): string; all(name: string): readonly string[] };

const formType = 'application/x-www-form-urlencoded';

export const acceptForms = (app: FastifyInstance): void => {
  if (app.hasContentTypeParser(formType)) app.removeContentTypeParser(formType);
  app.addContentTypeParser(formType, { parseAs: 'string' }, (_request, body, done) => done(null, new URLSearchParams(String(body))));
};

export const parametersFrom = (...sources: readonly URLSearchParams[]): Parameters => {
  const all = (name: string): readonly string[] => sources.flatMap((source) => source.getAll(name));
  return { all, first: (name) => all(name)[0] ?? '' };
};

export const readParameters = (request: FastifyRequest): Parameters => {
  const url = new URL(request.raw.url ?? '/', 'http://localhost').searchParams;
  return request.body instanceof URLSearchParams ? parametersFrom(request.body, url) : parametersFrom(url);
};

const dateText = /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(?:\.\d+)?(Z|[+-]\d\d:\d\d)$/;

/** Unix seconds or RFC 3339 -> milliseconds; null for neither. */
const parseTime = (text: string): number | null => {
  const seconds = parseFloatText(text);
  if (seconds !== null) return Number.isFinite(seconds) ? Math.round(seconds * 1000) : null;
  const milliseconds = dateText.test(text) ? Date.parse(text) : NaN;
  return Number.isNaN(milliseconds) ? null : milliseconds;
};

export const readTime = (parameters: Parameters, name: string, missing: number | null): number => {
  const text = parameters.first(name);
  if (text === '' && missing !== null) return missing;
  const timeMs = parseTime(text);
  if (timeMs !== null) return timeMs;
  const which = missing === null ? '' : `invalid time value for '${name}': `;
  throw invalidParameter(name, `${which}cannot parse ${JSON.stringify(text)} to a valid timestamp`);
};

/** Seconds or "1m30s" -> milliseconds. */
export const readDuration = (parameters: Parameters, name: string): number => {
  const text = parameters.first(name);
  const seconds = parseFloatText(text) ?? parseDurationText(text);
  if (seconds === null || Number.isNaN(seconds)) throw invalidParameter(name, `cannot parse ${JSON.stringify(text)} to a valid duration`);
  if (Math.abs(seconds) > 2 ** 63 / 1e9) {
    throw invalidParameter(name, `cannot parse ${JSON.stringify(text)} to a valid duration. It overflows int64`);
  }
  return seconds * 1000;
};

/** 0: no limit. */
export const readLimit = (parameters: Parameters): number => {
  const text = parameters.first('limit');
  if (text === '') return 0;
  if (!/^[+-]?\d+$/.test(text)) throw invalidParameter('limit', `strconv.Atoi: parsing ${JSON.stringify(text)}: invalid syntax`);
  if (Number(text) < 0) throw invalidParameter('limit', 'limit must be non-negative');
  return Number(text);
};
