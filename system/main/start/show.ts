// What `npm start` lets people see of its processes: warnings and errors, or every line.
import type { ProcessLine } from './child.ts';

const warning = 13;

/** null: not shown. */
export const showLine = (name: string, line: ProcessLine, verbose: boolean): string | null => {
  const { severity_text: severity = 'INFO', severity_number: number = 9, body = '', event_name: event, attributes } = line;
  // Refusals and readiness are told in words of our own.
  if (!verbose && (number < warning || event === 'faultline.process.refused')) return null;
  const detail = attributes?.['faultline.reason.message'] ?? attributes?.['exception.message'] ?? attributes?.['error.message'];
  const place = placeOf(attributes ?? {});
  const cause = typeof detail === 'string' && !body.includes(detail) ? `: ${detail}` : '';
  const next = event === 'faultline.event.dead_letter' && place !== null ? `; npm run ops -- dead-letters show ${place}` : '';
  return `${name}: ${severity} ${body}${place === null ? '' : ` (${place})`}${cause}${next}`;
};

/** processor/version/lane, and the position of one event, as `npm run ops` has it; null: it is about no lane. */
const placeOf = (attributes: Readonly<Record<string, unknown>>): string | null => {
  const parts = ['faultline.processor', 'faultline.processor.version', 'faultline.lane'].map((name) => attributes[name]);
  if (parts.some((part) => part === undefined)) return null;
  const position = attributes['faultline.position'];
  return [...parts, ...(position === undefined ? [] : [position])].join('/');
};
