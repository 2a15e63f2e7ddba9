// What `npm start` lets people see of its processes: warnings and errors, or every line.
import type { ProcessLine } from './child.ts';

const warning = 13;

/** null: not shown. */
export const showLine = (name: string, line: ProcessLine, verbose: boolean): string | null => {
  const { severity_text: severity = 'INFO', severity_number: number = 9, body = '', event_name: event, attributes } = line;
  // Refusals and readiness are told in words of our own.
  if (!verbose && (number < warning || event === 'faultline.process.refused')) return null;
  const detail = attributes?.['exception.message'] ?? attributes?.['error.message'];
  return `${name}: ${severity} ${body}${typeof detail === 'string' && !body.includes(detail) ? `: ${detail}` : ''}`;
};
