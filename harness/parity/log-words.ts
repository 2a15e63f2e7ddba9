// What generated LogQL may speak of: the labels, values and words that the log lines of a recording really hold. Pure.
import { spread } from './spread.ts';
import type { LogFormat, LogVocabulary } from './logql-queries.ts';

/** As Loki's answer to a query for lines has it: labels with structured metadata among them, and [nanoseconds, line] pairs. */
export type LogStream = { readonly stream: Readonly<Record<string, string>>; readonly values: readonly (readonly [string, string])[] };

const valuesKept = 6;

const sorted = (items: Iterable<string>): readonly string[] => [...new Set(items)].toSorted();

const valuesByName = (streams: readonly LogStream[]): ReadonlyMap<string, readonly string[]> => {
  const found = new Map<string, Set<string>>();
  for (const { stream } of streams)
    for (const [name, value] of Object.entries(stream)) found.set(name, (found.get(name) ?? new Set()).add(value));
  return new Map(
    [...found].map(([name, values]) => [name, [...values].toSorted()] as const).toSorted(([one], [other]) => (one < other ? -1 : 1)),
  );
};

/** Times in nanoseconds are numbers too, but no durations. */
const longest = 9;

const isNumber = (text: string): boolean => /^-?\d+(\.\d+)?$/.test(text);
const quoted = (text: string): string => JSON.stringify(text);

const selectorsOf = (indexed: readonly string[], values: ReadonlyMap<string, readonly string[]>): readonly string[] => {
  const equal = indexed.flatMap((name) => spread(values.get(name) ?? [], valuesKept).map((value) => `{${name}=${quoted(value)}}`));
  const services = values.get('service_name') ?? [];
  return [
    ...equal,
    '{service_name=~".+"}',
    `{service_name=~${quoted(services.slice(0, 2).join('|'))}}`,
    `{service_name=~".+", service_name!=${quoted(services[0] ?? '')}}`,
  ];
};

/** Those that most lines have come first: what generated queries group by. */
const firstLabels = ['severity_text', 'detected_level', 'faultline_processor'];

const metadataOf = (
  indexed: readonly string[],
  values: ReadonlyMap<string, readonly string[]>,
): Readonly<Record<string, readonly string[]>> => {
  const names = [...values.keys()].filter((name) => !indexed.includes(name));
  const ordered = [...firstLabels.filter((name) => names.includes(name)), ...names.filter((name) => !firstLabels.includes(name))];
  return Object.fromEntries(ordered.map((name) => [name, [...spread(values.get(name) ?? [], valuesKept), 'none']]));
};

/** What most lines have first, so that few of the made lines are empty. */
const byUse = (streams: readonly LogStream[], names: readonly string[]): readonly string[] => {
  const uses = (name: string): number => streams.filter(({ stream }) => stream[name] !== undefined).length;
  return names.toSorted((one, other) => uses(other) - uses(one) || (one < other ? -1 : 1));
};

/** Lines are plain text: the parsers are asked about lines that are made of the metadata of each. */
const formatsOf = (streams: readonly LogStream[], texts: readonly string[], numbers: readonly string[]): readonly LogFormat[] => {
  const [what = 'service_name', about = what] = texts;
  const [count = 'severity_number', much = count] = numbers;
  const fields = { texts: ['what', 'about'], numbers: ['count', 'much'], durations: ['took'], sizes: ['size'], addresses: ['host'] };
  const json = `{"what":"{{.${what}}}","about":"{{.${about}}}","count":{{.${count}}},"much":{{.${much}}},"took":"{{.${count}}}ms","size":"{{.${count}}}KB","host":"10.0.0.{{.${count}}}","nested":{"deep":"{{.${what}}}","list":[{{.${much}}},{"x":"y"}]}}`;
  const logfmt = `what={{.${what}}} about="{{.${about}}}" count={{.${count}}} much={{.${much}}} took={{.${count}}}ms size={{.${count}}}KB host=10.0.0.{{.${count}}} {{.${count}}} empty=`;
  const selector = '{service_name=~".+"}';
  return [
    { selector: `${selector} | line_format \`${json}\``, parser: 'json', ...fields },
    { selector: `${selector} | line_format \`${logfmt}\``, parser: 'logfmt', ...fields },
    { selector, parser: streams.length % 2 === 0 ? 'logfmt' : 'json', ...fields },
  ];
};

const wordsOf = (lines: readonly string[]): readonly string[] =>
  spread(sorted(lines.flatMap((line) => line.split(/\s+/)).filter((word) => word.length > 1 && word.length < 40)), 16);

/** The second word of a line in the middle of what may be before and behind it. */
const patternsOf = (lines: readonly string[]): readonly string[] => {
  const middles = lines
    .map((line) => line.split(' '))
    .flatMap(([, second, third]) => (second !== undefined && third !== undefined && !/[<>]/.test(second) ? [second] : []));
  return ['<first> <rest>', '<_> <second> <_>', ...spread(sorted(middles), 4).map((word) => `<before> ${word} <behind>`)];
};

/** `indexed`: the names that /loki/api/v1/labels answers; all others are structured metadata. */
export const logWords = (streams: readonly LogStream[], indexed: readonly string[]): LogVocabulary => {
  const values = valuesByName(streams);
  const labels = metadataOf(indexed, values);
  const names = byUse(streams, Object.keys(labels));
  const isNumeric = (name: string): boolean => (values.get(name) ?? []).every(isNumber);
  const isLong = (name: string): boolean => (values.get(name) ?? []).some((text) => text.length > longest);
  const numeric = names.filter(isNumeric);
  const numbers = [...numeric.filter((name) => !isLong(name)), ...numeric.filter(isLong)];
  const lines = sorted(streams.flatMap(({ values: own }) => own.map(([, line]) => line)));
  return {
    selectors: selectorsOf(indexed, values),
    labels,
    numbers: numbers.length > 0 ? numbers : ['severity_number'],
    words: [...wordsOf(lines), 'no such word', '"'],
    patterns: patternsOf(lines),
    formats: formatsOf(
      streams,
      names.filter((name) => !numbers.includes(name)),
      numbers,
    ),
    addresses: ['10.0.0.1', '10.0.0.0/29', '10.0.0.2-10.0.0.5', '2001:db8::/32'],
  };
};
