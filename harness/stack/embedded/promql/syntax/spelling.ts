// The grammar, made for an editor, is stricter than Prometheus in two spellings: `2.` for a number, and STEP() in any case inside durations.
// Both are rewritten, and comments (which it would hang anywhere in its tree) made spaces, without moving a character: positions stay those of the query.

const skippedOrSpelled =
  /"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|`[^`]*`|#[^\n]*|(?<![\w.:])\d+\.(?![\w.])|\b(?:step|range|min_of|max_of)(?=\s*\()/gi;

export const spellForGrammar = (query: string): string =>
  query.replaceAll(skippedOrSpelled, (text) => {
    if (/^["'`]/.test(text)) return text;
    if (text.startsWith('#')) return ' '.repeat(text.length);
    return text.endsWith('.') ? `${text.slice(0, -1)} ` : text.toLowerCase();
  });
