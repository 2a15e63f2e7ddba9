// A string literal of a query: in double quotes with Go's escapes, or raw in backticks.

const escapes: Readonly<Record<string, string>> = {
  n: '\n',
  t: '\t',
  r: '\r',
  a: '\u0007',
  b: '\b',
  f: '\f',
  v: '\v',
  '\\': '\\',
  '"': '"',
  "'": "'",
};

const unescape = (whole: string, code: string): string => {
  const known = escapes[code];
  if (known !== undefined) return known;
  if (/^[xuU]/.test(code)) return String.fromCodePoint(Number.parseInt(code.slice(1), 16));
  throw new SyntaxError(`unknown escape ${whole}`);
};

/** The text between the quotes. Throws a SyntaxError for an escape that Go does not have. */
export const unquote = (literal: string): string => {
  const inner = literal.slice(1, -1);
  if (literal.startsWith('`')) return inner;
  return inner.replaceAll(/\\(x[0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}|.)/gs, unescape);
};
