// What Tempo 3 takes and Grafana's grammar does not know yet. The grammar is shown something of the same length that it knows, so that positions stay;
// what is meant is read from the query itself.

export type ShownQuery = {
  /** What the grammar gets to see. */
  readonly shown: string;
  /** Where something else is shown: its offset and its length in the query. */
  readonly replaced: ReadonlyMap<number, number>;
  /** `with ( … )`: the grammar knows one hint of many. Offset and text of what stands between the parentheses. */
  readonly hints: { readonly from: number; readonly text: string } | null;
};

const quoted = /"(?:[^"\\]|\\.)*"?|`[^`]*`?|\/\/[^\n]*|\/\*[\s\S]*?(?:\*\/|$)/y;
/** A text with an escape in it, to its end: of escapes the grammar knows only those of quotes and backslashes. */
const isEscaped = /^"[^"\\]*\\.(?:[^"\\]|\\.)*"$/s;
const word = /[A-Za-z_][\w.:"/-]*/y;

const knownNames: Readonly<Record<string, string>> = {
  nestedSetParent: 'rootServiceName',
  nestedSetLeft: 'traceDuration',
  nestedSetRight: 'statusMessage',
  'span:childCount': 'span:id',
  minInt: '100000',
  maxInt: '100000',
};

const durationPart = String.raw`\d+(?:\.\d+)?(?:ns|us|µs|ms|[smhdwy])`;
const gaps: readonly (readonly [RegExp, (text: string) => string])[] = [
  [new RegExp(`${durationPart}(?:${durationPart})+`, 'y'), () => '1s'],
  [/(?:\d+\.?\d*|\.\d+)[eE][+-]?\d+/y, (text) => '1'.repeat(text.length)],
  [/\.\d+/y, (text) => `0${text.slice(1)}`],
  [/\d+(?:\.\d+)?\w*/y, (text) => text],
];

const matchAt = (pattern: RegExp, query: string, at: number): string | null => {
  pattern.lastIndex = at;
  return pattern.exec(query)?.[0] ?? null;
};

const hintsAt = (query: string, at: number): RegExpExecArray | null => {
  const pattern = /with\s*\(([^()]*)\)/y;
  pattern.lastIndex = at;
  return pattern.exec(query);
};

/** One step: the length read, and what is shown for it. */
const readAt = (query: string, at: number): { readonly text: string; readonly shown: string } => {
  const same = (text: string) => ({ text, shown: text });
  const literal = matchAt(quoted, query, at);
  if (literal !== null) return { text: literal, shown: isEscaped.test(literal) ? `"${'x'.repeat(literal.length - 2)}"` : literal };
  // An attribute that begins with its dot, to its end: nothing in a name is replaced.
  const attribute = matchAt(/\.[A-Za-z_"](?:"(?:[^"\\]|\\.)*"|[\w.:/-])*/y, query, at);
  if (attribute !== null) return same(attribute);
  const name = matchAt(word, query, at);
  if (name !== null) return { text: name, shown: knownNames[name] ?? name };
  for (const [pattern, show] of gaps) {
    const text = matchAt(pattern, query, at);
    if (text !== null) return { text, shown: show(text) };
  }
  return same(query[at] ?? '');
};

export const showToGrammar = (query: string): ShownQuery => {
  const replaced = new Map<number, number>();
  let hints: ShownQuery['hints'] = null;
  let shown = '';
  for (let at = 0; at < query.length; at = shown.length) {
    const hint = hintsAt(query, at);
    if (hint !== null) hints = { from: at + hint[0].indexOf('(') + 1, text: hint[1] ?? '' };
    const step = hint === null ? readAt(query, at) : { text: hint[0], shown: '' };
    if (step.shown !== step.text && hint === null) replaced.set(at, step.text.length);
    shown += step.shown.padEnd(step.text.length);
  }
  return { shown, replaced, hints };
};
