// A stored CloudEvent, as the event of the contract's form that it is the same as.
import { readMediaType } from './media-type.ts';

type Beyond = Readonly<Record<string, string | null>>;

/** The text itself where it is of the contract's form; null: it says more than that form can. */
export const asContractForm = (stored: string): string | null => {
  const { cloudevent } = JSON.parse(stored) as { readonly cloudevent?: Beyond };
  if (cloudevent === undefined) return stored;
  // As it was stored (admit-attributes.ts): the last member. The rest stays as it was written, numbers too.
  const tail = `,"cloudevent":${JSON.stringify(cloudevent)}}`;
  return stored.endsWith(tail) && Object.entries(cloudevent).every(saysNothingMore) ? `${stored.slice(0, -tail.length)}}` : null;
};

/** What the hash of a body leaves out. */
const saysNothingMore = ([name, value]: readonly [string, string | null]): boolean =>
  ['specversion', 'traceparent', 'tracestate', 'subject'].includes(name) ||
  (name === 'datacontenttype' && value !== null && readMediaType(value).kind === 'json') ||
  (name === 'data_at' && value === '/metadata');
