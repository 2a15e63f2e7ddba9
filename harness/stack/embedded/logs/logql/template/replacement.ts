// `$1`, `${1}` and `${name}` in a replacement, as Go expands them: `$1x` is the group `1x`, which is none, so nothing.

/** The replacement for one match. */
export const expand = (replacement: string, found: RegExpExecArray | RegExpMatchArray): string =>
  replacement.replaceAll(/\$(?:\$|(\w+)|\{(\w+)\})/g, (whole, bare: string | undefined, braced: string | undefined) => {
    const name = bare ?? braced;
    if (name === undefined) return whole === '$$' ? '$' : whole;
    return (/^\d+$/.test(name) ? found[Number(name)] : found.groups?.[name]) ?? '';
  });

export const expandReplacement = (pattern: RegExp, text: string, replacement: string): string => {
  let result = '';
  let at = 0;
  for (const found of text.matchAll(pattern)) {
    result += text.slice(at, found.index) + expand(replacement, found);
    at = found.index + found[0].length;
  }
  return result + text.slice(at);
};
