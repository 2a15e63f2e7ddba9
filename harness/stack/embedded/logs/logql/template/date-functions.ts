// Moments: `__timestamp__ | date "15:04:05"`. Zones other than UTC are not known here.
import { formatGoTime } from './go-time.ts';
import type { TemplateFunction } from './functions.ts';
import { asText, TemplateProblem, typeName } from './value.ts';
import type { Moment, TemplateValue } from './value.ts';

const momentOf = (value: TemplateValue | undefined): bigint => {
  if (typeof value === 'object' && value !== null) return value.nanos;
  throw new TemplateProblem(`wrong type for value; expected time.Time; got ${typeName(value)}`);
};

const unitNanos: Readonly<Record<number, bigint>> = { 5: 86_400_000_000_000n, 10: 1_000_000_000n, 13: 1_000_000n, 16: 1_000n, 19: 1n };

/** The number of digits says the unit: days, seconds, milli-, micro- or nanoseconds. */
const unixToTime = (text: string): Moment => {
  const unit = /^\d+$/.test(text) ? unitNanos[text.length] : undefined;
  if (unit === undefined) throw new TemplateProblem(`unable to parse time '${text}'`);
  return { nanos: BigInt(text) * unit };
};

export const dateFunctions: Readonly<Record<string, TemplateFunction>> = {
  date: (layout, moment) => formatGoTime(momentOf(moment), asText(layout)),
  unixEpoch: (moment) => String(momentOf(moment) / 1_000_000_000n),
  unixEpochMillis: (moment) => String(momentOf(moment) / 1_000_000n),
  unixEpochNanos: (moment) => String(momentOf(moment)),
  unixToTime: (text) => unixToTime(asText(text)),
};
