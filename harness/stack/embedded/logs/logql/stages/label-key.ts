// Names of labels, made from the keys that stand in a line.

/** `http.status` -> `http_status`; a digit in front gets a line before it. */
export const labelKey = (key: string): string => {
  const trimmed = key.trim();
  if (trimmed === '') return '';
  const named = /^[0-9]/.test(trimmed) ? `_${trimmed}` : trimmed;
  return named.replaceAll(/[^a-zA-Z0-9_]/gu, '_');
};

/** Keys of nested objects joined; blank ones are left out. */
export const nestedKey = (keys: readonly string[]): string => {
  const joined = keys
    .map((key) => key.trim())
    .filter((key) => key !== '')
    .map((key) => key.replaceAll(/[^a-zA-Z0-9_]/gu, '_'))
    .join('_');
  return /^[0-9]/.test(joined) ? `_${joined}` : joined;
};
