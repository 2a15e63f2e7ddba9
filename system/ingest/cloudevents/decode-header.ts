// The value of a `ce-` header as the text that it stands for (CloudEvents 1.0.2, HTTP binding, 3.1.3.2).

const quotedString = /"((?:[^"\\]|\\.)*)"/g;

/** Double quotes are undone first, then one round of percent-encoding. null: beyond ASCII, a % without two hex digits, or not UTF-8. */
export const decodeHeader = (value: string): string | null => {
  if (!/^[\t\x20-\x7e]*$/.test(value)) return null;
  const unquoted = value.includes('"') ? value.replaceAll(quotedString, (_all, inner: string) => inner.replaceAll(/\\(.)/g, '$1')) : value;
  if (!unquoted.includes('%')) return unquoted;
  try {
    return decodeURIComponent(unquoted);
  } catch {
    return null;
  }
};
