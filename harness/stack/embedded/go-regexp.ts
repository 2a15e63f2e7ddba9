// Go's regular expressions (RE2) as TraceQL and LogQL write them, in JavaScript's: leading flags like (?i) become a group of their own.

const source = (pattern: string): string => {
  const flags = /^\(\?([ims]+)\)/.exec(pattern);
  const rest = flags === null ? pattern : pattern.slice(flags[0].length);
  const named = rest.replaceAll('(?P<', '(?<');
  return flags === null ? named : `(?${flags[1]}:${named})`;
};

/** Matches only the whole text, as Prometheus' matchers do; `.` matches a line break too. Throws a SyntaxError. */
export const wholeTextRegExp = (pattern: string): RegExp => new RegExp(`^(?:${source(pattern)})$`, 's');
