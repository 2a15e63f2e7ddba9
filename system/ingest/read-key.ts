// Whose an event is, for the log of a sampled request that was refused unread. Nothing is checked: what can't be read has no key.
import { eventLimits } from '../contract/event-limits.ts';
import type { TracedKey } from './telemetry.ts';

type Unchecked = { readonly systemName: unknown; readonly objectId: unknown };
type Members = Readonly<Record<string, unknown>>;

export const readKey = (bytes: Buffer): TracedKey | null =>
  readName(bytes, ({ system_name: systemName, object_id: objectId }) => ({ systemName, objectId }));

/** `pick` says which members of the JSON object hold the key. */
export const readName = (bytes: Buffer, pick: (event: Members) => Unchecked): TracedKey | null => asKey(pick(parse(bytes)));

export const asKey = ({ systemName, objectId }: Unchecked): TracedKey | null => {
  if (!isName(systemName, eventLimits.systemNameCharacters) || !isName(objectId, eventLimits.objectIdCharacters)) return null;
  return { systemName, objectId };
};

/** What the contract would refuse does not belong into the log either. Its limits count code points, which are no more than the units. */
const isName = (value: unknown, maxLength: number): value is string =>
  typeof value === 'string' && value !== '' && value.length <= maxLength && value.isWellFormed() && !value.includes('\0');

const parse = (bytes: Buffer): Members => {
  try {
    return (JSON.parse(bytes.toString('utf8')) as Members | null) ?? {};
  } catch {
    return {};
  }
};
