// Whole numbers of 64 bits, as the database sends them, are numbers everywhere: ids, positions and counts are below 2^53 by
// construction (`next_sequence` alone may be 2^53, and is read as a double).

/** PostgreSQL's OID of bigint. */
export const int8 = 20;

/** A bigint that no number can hold. Of ours it would be a defect; of a team's own tables there may be some. */
export class BeyondNumbers extends RangeError {
  override readonly name = 'BeyondNumbers';
}

/** Throws BeyondNumbers, where it would have to be rounded. */
export const parseWholeNumber = (text: string): number => {
  const value = Number(text);
  if (!Number.isSafeInteger(value)) throw new BeyondNumbers(`${text} is not below 2^53, and would be rounded: select it as text (::text).`);
  return value;
};
