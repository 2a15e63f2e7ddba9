// JSON.parse makes a new string of every value. A million rows hold the same few names, and each identity and hash three or four times: one copy of each is enough.

/** The fields whose texts come again, in operations and in rows of the final state. */
type Named = {
  phase?: string;
  systemName?: string;
  objectId?: string;
  eventName?: string;
  idempotencyKey?: string | null;
  bodySha256?: string;
};

export type ShareTexts = (row: unknown) => void;

/** Replaces these texts of a row by the first copy that was seen of each. For rows that nobody else holds yet. */
export const createTextSharing = (): ShareTexts => {
  const known = new Map<string, string>();
  const shared = (text: string): string => {
    const copy = known.get(text);
    if (copy !== undefined) return copy;
    known.set(text, text);
    return text;
  };
  // Field by field: a loop over names would make every row a dictionary.
  return (value) => {
    const row = value as Named;
    if (typeof row.phase === 'string') row.phase = shared(row.phase);
    if (typeof row.systemName === 'string') row.systemName = shared(row.systemName);
    if (typeof row.objectId === 'string') row.objectId = shared(row.objectId);
    if (typeof row.eventName === 'string') row.eventName = shared(row.eventName);
    if (typeof row.idempotencyKey === 'string') row.idempotencyKey = shared(row.idempotencyKey);
    if (typeof row.bodySha256 === 'string') row.bodySha256 = shared(row.bodySha256);
  };
};
