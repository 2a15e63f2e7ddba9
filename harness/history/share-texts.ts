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
  const names = new Map<string, string>();
  const firstOf = new Map<string, Named>();
  const shared = (text: string): string => {
    const copy = names.get(text);
    if (copy !== undefined) return copy;
    names.set(text, text);
    return text;
  };
  // Field by field: a loop over names would make every row a dictionary. An identity has one hash: whoever sent it first holds both.
  return (value) => {
    const row = value as Named;
    if (typeof row.phase === 'string') row.phase = shared(row.phase);
    if (typeof row.systemName === 'string') row.systemName = shared(row.systemName);
    if (typeof row.objectId === 'string') row.objectId = shared(row.objectId);
    if (typeof row.eventName === 'string') row.eventName = shared(row.eventName);
    if (typeof row.idempotencyKey !== 'string') return;
    const first = firstOf.get(row.idempotencyKey);
    if (first === undefined) firstOf.set(row.idempotencyKey, row);
    else takeOver(first, row);
  };
};

const takeOver = ({ idempotencyKey, bodySha256 }: Named, row: Named): void => {
  if (idempotencyKey !== undefined) row.idempotencyKey = idempotencyKey;
  if (bodySha256 !== undefined && row.bodySha256 === bodySha256) row.bodySha256 = bodySha256;
};
