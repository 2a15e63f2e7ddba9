// Whose an event is, for the log of a sampled request that was refused unread. Nothing is checked: what can't be read has no key.
import { eventLimits } from '../contract/event.ts';
import type { TracedKey } from './telemetry.ts';

export const readKey = (bytes: Buffer): TracedKey | null => {
  const event = parse(bytes) as { readonly system_name?: unknown; readonly object_id?: unknown } | null;
  const systemName = event?.system_name;
  const objectId = event?.object_id;
  if (!isName(systemName, eventLimits.systemNameCharacters) || !isName(objectId, eventLimits.objectIdCharacters)) return null;
  return { systemName, objectId };
};

/** What the contract would refuse does not belong into the log either. Its limits count code points, which are no more than the units. */
const isName = (value: unknown, maxLength: number): value is string =>
  typeof value === 'string' && value !== '' && value.length <= maxLength && value.isWellFormed() && !value.includes('\0');

const parse = (bytes: Buffer): unknown => {
  try {
    return JSON.parse(bytes.toString('utf8'));
  } catch {
    return null;
  }
};
