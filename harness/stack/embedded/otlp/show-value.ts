/** A value of a request as text for a message; what is nested too deep for JSON's writer by its outermost sign. */
export const showValue = (value: unknown): string => {
  if (typeof value === 'bigint') return String(value);
  try {
    return JSON.stringify(value) ?? String(value);
  } catch {
    return Array.isArray(value) ? '[…]' : '{…}';
  }
};
