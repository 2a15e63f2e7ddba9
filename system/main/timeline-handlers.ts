// FAULTLINE_TIMELINE_HANDLERS: which code a rebuilt version of processor timelines runs, as `version=path` separated by commas.
import { resolve } from 'node:path';
import { SystemError } from '../contract/system-error.ts';

export type TimelineCode = {
  /** The number of the code: that of the version for which it was written. */
  readonly code: number;
  /** Absolute path of the module; null: the built-in one. */
  readonly path: string | null;
};

/** The first version's code first. Throws FL_SETTINGS_INVALID. */
export const parseTimelineHandlers = (first: string | null, later: string | null): readonly TimelineCode[] => {
  const listed = later === null ? [] : later.split(',').map(parseOne);
  const numbers = listed.map(({ code }) => code);
  const twice = numbers.find((code, at) => numbers.indexOf(code) !== at);
  if (twice !== undefined) throw invalid(`names version ${twice} twice`);
  return [{ code: 1, path: first === null ? null : resolve(first) }, ...listed];
};

const parseOne = (text: string): TimelineCode => {
  const [, number, path] = /^\s*(\d{1,6})\s*=\s*(.+?)\s*$/.exec(text) ?? [];
  if (number === undefined || path === undefined) throw invalid(`holds '${text}', which is no version=path`);
  if (Number(number) < 2) throw invalid(`names version ${number}: the first version's code is FAULTLINE_TIMELINE_HANDLER`);
  return { code: Number(number), path: resolve(path) };
};

const invalid = (what: string) =>
  new SystemError('FL_SETTINGS_INVALID', `FAULTLINE_TIMELINE_HANDLERS ${what}. Give it as 2=./timeline-v2.ts,3=./timeline-v3.ts.`);
