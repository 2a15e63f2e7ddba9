// Classes and escapes of RE2 as JavaScript writes them (flag v).

export const posixClasses: Readonly<Record<string, string>> = {
  alnum: '0-9A-Za-z',
  alpha: 'A-Za-z',
  ascii: String.raw`\x00-\x7F`,
  blank: String.raw`\t `,
  cntrl: String.raw`\x00-\x1F\x7F`,
  digit: '0-9',
  graph: String.raw`\x21-\x7E`,
  lower: 'a-z',
  print: String.raw`\x20-\x7E`,
  punct: String.raw`\x21-\x2F\x3A-\x40\x5B-\x60\x7B-\x7E`,
  space: String.raw`\t\n\v\f\r `,
  upper: 'A-Z',
  word: '0-9A-Za-z_',
  xdigit: '0-9A-Fa-f',
};

// RE2's \d, \s and \w are ASCII; JavaScript's \s is not.
const shared: Readonly<Record<string, string>> = {
  a: String.raw`\x07`,
  f: String.raw`\f`,
  n: String.raw`\n`,
  r: String.raw`\r`,
  t: String.raw`\t`,
  v: String.raw`\v`,
  d: '[0-9]',
  D: '[^0-9]',
  s: String.raw`[\t\n\f\r ]`,
  S: String.raw`[^\t\n\f\r ]`,
  w: '[0-9A-Za-z_]',
  W: '[^0-9A-Za-z_]',
};

const outside: Readonly<Record<string, string>> = { ...shared, b: String.raw`\b`, B: String.raw`\B`, A: '(?<![^])', z: '(?![^])' };

export const escapeTable = (inClass: boolean): Readonly<Record<string, string>> => (inClass ? shared : outside);

const exists = (property: string): boolean => {
  try {
    return new RegExp(String.raw`\p{${property}}`, 'v') instanceof RegExp;
  } catch {
    return false;
  }
};

/** \pN, \p{Greek}; null for a class that does not exist. */
export const unicodeClass = (name: string, negated: boolean): string | null => {
  const property = [`General_Category=${name}`, `Script=${name}`].find(exists);
  return property === undefined ? null : `\\${negated ? 'P' : 'p'}{${property}}`;
};
