// What the server keeps of a refused line: fields of the contract, columns of the file, and words of ours. Nothing that the line says, which no erasure would find there.
import { errorCodes } from '../../contract/error-codes.ts';
import { eventSchema } from '../../contract/event.ts';
import type { LineRefusal } from './read-lines.ts';

/** Their words quote the line. */
const quoting = ['invalid_json', 'number_out_of_range', 'hostile_text'] as const;

const fields = Object.keys(eventSchema.properties);
const contractField = new RegExp(`^/(?:${fields.join('|')})(?=/|$)`);
/** One finding of the contract's schema, as ingest words them, at a field of the contract. */
const finding = new RegExp(`^/(?:${fields.join('|')}) (?:is missing|must (?:be|have|match|not be|not have)[a-z0-9 <>="]*)$`);
const findings = /^(The event does not fit the contract: )(.*)\.$/s;

export const keptRefusal = ({ code, place, reason }: LineRefusal): LineRefusal => {
  if (code === 'invalid_csv') return { code, place, reason };
  return { code, place: place === null ? null : (contractField.exec(place)?.[0] ?? null), reason: keptReason(code, reason) };
};

const keptReason = (code: string, reason: string): string => {
  const quoted = quoting.find((one) => one === code);
  if (quoted !== undefined) return reason === 'is not UTF-8' ? reason : errorCodes[quoted].meaning;
  const [, start, list] = findings.exec(reason) ?? [];
  if (start === undefined) return reason;
  const kept = list!.split('; ').filter((one) => finding.test(one));
  return kept.length === list!.split('; ').length ? reason : `${start}${[...kept, 'a field is not of the contract'].join('; ')}.`;
};
