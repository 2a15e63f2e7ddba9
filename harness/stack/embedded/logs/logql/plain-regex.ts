// Writes an expression without JavaScript's flags u, v, i and s: case and dots are spelt out. Null where that can't be done.

const bothCases = (character: string): string => {
  const [lower, upper] = [character.toLowerCase(), character.toUpperCase()];
  return lower === upper || lower.length !== 1 || upper.length !== 1 ? character : `${lower}${upper}`;
};

/** Null for a range that is neither all letters of one case nor free of letters. */
const classInBothCases = (inner: string): string | null => {
  let text = '';
  for (const [item, from, to] of inner.matchAll(/\\.|([^\\])-([^\\])|[^]/gu)) {
    if (from === undefined || to === undefined) text += item.startsWith('\\') ? item : bothCases(item);
    else if (/^(?:[a-z]-[a-z]|[A-Z]-[A-Z])$/.test(item))
      text += `${from.toLowerCase()}-${to.toLowerCase()}${from.toUpperCase()}-${to.toUpperCase()}`;
    else if (/^[0-9]-[0-9]$/.test(item)) text += item;
    else return null;
  }
  return text;
};

type Flags = { readonly ignoresCase: boolean; readonly dotAll: boolean };

const withFlags = (flags: Flags, on: string, off: string): Flags => ({
  ignoresCase: (flags.ignoresCase || on.includes('i')) && !off.includes('i'),
  dotAll: (flags.dotAll || on.includes('s')) && !off.includes('s'),
});

const lineFlag = (on: string, off: string): string => {
  if (off.includes('m')) return '-m';
  return on.includes('m') ? 'm' : '';
};

const spell = (token: string, { ignoresCase, dotAll }: Flags): string | null => {
  // Go's dot only stops at \n, JavaScript's at other line ends too.
  if (token === '.') return dotAll ? '[^]' : String.raw`[^\n]`;
  if (!ignoresCase || token.startsWith('\\')) return token;
  const [, open, inner = ''] = /^(\[\^?)([^]*)\]$/.exec(token) ?? [];
  if (open === undefined) return bothCases(token) === token ? token : `[${bothCases(token)}]`;
  const both = classInBothCases(inner);
  return both === null ? null : `${open}${both}]`;
};

const token = /\\[^]|\(\?<\w+>|\(\?[ims]*(?:-[ims]+)?:|\(|\)|\[\^?(?:\\[^]|[^\]\\])*\]|[^]/gu;

const spellOut = (source: string, dotAll: boolean): string | null => {
  const outer: Flags[] = [];
  let flags: Flags = { ignoresCase: false, dotAll };
  let text = '';
  for (const [part] of source.matchAll(token)) {
    const modifiers = /^\(\?([ims]*)(?:-([ims]+))?:$/.exec(part);
    if (part.startsWith('(')) outer.push(flags);
    if (modifiers !== null) {
      const [, on = '', off = ''] = modifiers;
      flags = withFlags(flags, on, off);
      text += `(?${lineFlag(on, off)}:`;
    } else if (part.startsWith('(')) text += part;
    else if (part === ')') {
      flags = outer.pop() ?? flags;
      text += part;
    } else {
      const spelt = spell(part, flags);
      if (spelt === null) return null;
      text += spelt;
    }
  }
  return text;
};

const nested = /\[(\^?)((?:\\[^]|[^[\]\\])*)\[((?!\^)(?:\\[^]|[^[\]\\])+)\]/gu;

/** `[[a-z]_]` as `[a-z_]`. */
const flatten = (source: string): string => {
  const flat = source.replaceAll(nested, '[$1$2$3');
  return flat === source ? flat : flatten(flat);
};

const isPlain = (source: string): boolean => !/\\[pP]|\\u\{|\[[^\]]*\[|[^\u0000-\uFFFF]/u.test(source);

/** `source` is for the flag v. */
export const plainRegex = (source: string, dotAll: boolean): string | null => {
  const flat = flatten(source);
  return isPlain(flat) ? spellOut(flat, dotAll) : null;
};
