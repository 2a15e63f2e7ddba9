// Log queries by seed: a selector, then filters, parsers, formats and label stages.
import type { LogFormat, LogqlWords } from './logql-queries.ts';

type Make = (words: LogqlWords) => string;
type MakeFor = (words: LogqlWords, format: LogFormat) => string;

const quoted = (text: string): string => JSON.stringify(text);

const lineFilter: Make = ({ random, vocabulary }) => {
  const word = () => quoted(random.pick(vocabulary.words));
  const regex = () => quoted(random.pick(['(?i)ERROR|warn', '\\d+\\.\\d+ms', '^\\{', 'status.*(4|5)\\d\\d', '[[:upper:]]{3,}', 'so"?$']));
  const chain = (make: () => string): string => (random.chance(0.3) ? `${make()} or ${make()}` : make());
  return random.pick([
    () => `|= ${chain(word)}`,
    () => `!= ${chain(word)}`,
    () => `|~ ${chain(regex)}`,
    () => `!~ ${chain(regex)}`,
    () => `|> ${quoted(random.pick(['<_>error<_>', '<_> took <_>', '{<_>}', '<_>status=<_> took=<_>']))}`,
    () => `!> ${quoted(random.pick(['<_>error<_>', '<_> - <_>']))}`,
    () => `${random.pick(['|=', '!='])} ip(${quoted(random.pick(vocabulary.addresses))})`,
  ])();
};

const metadataFilter: Make = ({ random, vocabulary }) => {
  const name = random.pick(Object.keys(vocabulary.labels));
  const value = random.pick(vocabulary.labels[name]!);
  const number = random.pick(vocabulary.numbers);
  return random.pick([
    () => `${name}${random.pick(['=', '!='])}${quoted(value)}`,
    () => `${name}${random.pick(['=~', '!~'])}${quoted(`${value}|x.*`)}`,
    () => `${number} ${random.pick(['>', '>=', '<', '<=', '==', '!='])} ${random.pick(['5', '9', '12.5', '-1'])}`,
  ])();
};

const parsedFilter: MakeFor = ({ random, vocabulary }, format) =>
  random.pick([
    () => `${random.pick(format.texts)}${random.pick(['=', '!=', '=~', '!~'])}${quoted(random.pick(['GET', '/events', 'said.*', '']))}`,
    () => `${random.pick(format.numbers)} ${random.pick(['>', '<=', '=', '!='])} ${random.pick(['404', '500', '100.5'])}`,
    () => `${random.pick(format.durations)} ${random.pick(['>', '<=', '<', '!='])} ${random.pick(['100ms', '0.5s', '1h'])}`,
    () => `${random.pick(format.sizes)} ${random.pick(['>', '<=', '>=', '<'])} ${random.pick(['20KB', '1MB', '512B', '10KiB'])}`,
    () => `${random.pick(format.addresses)}${random.pick(['=', '!='])}ip(${quoted(random.pick(vocabulary.addresses))})`,
    () => `__error__${random.pick(['=', '!='])}""`,
  ])();

const joined = (words: LogqlWords, make: () => string): string => {
  const { random } = words;
  const parts = Array.from({ length: random.pick([1, 1, 2, 3]) }, make);
  return parts.reduce((left, right) => {
    const joint = random.pick([' and ', ' or ', ', ']);
    return random.chance(0.2) ? `(${left}${joint}${right})` : `${left}${joint}${right}`;
  });
};

const parserOf: MakeFor = ({ random }, { parser, texts, numbers }) => {
  if (random.chance(0.7)) return `| ${parser}`;
  const [text, number] = [random.pick(texts), random.pick(numbers)];
  if (parser === 'json')
    return `| json ${text}, other=${quoted(random.pick([number, 'nested.deep', 'nested.list[0]', 'nested["list"][1].x', 'none']))}`;
  return random.pick([
    `| logfmt --strict`,
    `| logfmt --keep-empty`,
    `| logfmt ${text}, other=${quoted(number)}`,
    `| logfmt --strict ${number}`,
  ]);
};

const template: MakeFor = ({ random }, format) => {
  const [text, number] = [random.pick(format.texts), random.pick(format.numbers)];
  return random.pick([
    `{{.${text}}}`,
    `{{.${text}}} took {{.${number}}} of {{.missing}}`,
    `{{ .${text} | ToUpper | trunc 4 }}-{{ default "none" .missing }}`,
    `{{ if eq .${text} "GET" }}got{{ else if .${number} }}{{ .${number} }}{{ else }}nothing{{ end }}`,
    `{{ add 1 (int .${number}) 2 }} {{ divf .${number} 3 }} {{ round .${number} 1 }} {{ mul 3 4 }}`,
    `{{ regexReplaceAll "(\\\\w)(\\\\w)" .${text} "\${2}$1" }}|{{ replace "e" "3" .${text} }}|{{ substr 1 3 .${text} }}`,
    `{{ __line__ | len }} {{ __timestamp__ | unixEpoch }} {{ .${text} | b64enc | b64dec | urlencode }}`,
    `{{ print .${text} "-" .${number} }} {{ printf "%-6s|%5.1f|%03d|%v" .${text} (float64 .${number}) (int .${number}) .${number} }}`,
    `{{ contains "E" .${text} }} {{ hasPrefix "/" .${text} }} {{ alignLeft 6 .${text} }}| {{ alignRight 3 .${text} }}`,
  ]);
};

const labelStage: MakeFor = (words, format) => {
  const { random } = words;
  const [text, number] = [random.pick(format.texts), random.pick(format.numbers)];
  return random.pick([
    () => `| label_format renamed=${text}`,
    () => `| label_format made=\`${template(words, format)}\`, ${number}=\`{{.${text}}}\``,
    () => `| drop ${text}, severity_text, ${number}="404"`,
    () => `| drop __error__, __error_details__`,
    () => `| keep ${text}, tenant, ${number}=~"4.*"`,
    () => `| line_format \`${template(words, format)}\``,
    () => `| decolorize`,
  ])();
};

const patternStage: Make = ({ random, vocabulary }) =>
  random.pick([
    `| pattern ${quoted(random.pick(vocabulary.patterns))}`,
    '| regexp "(?P<word>\\\\w+) (?P<rest>.*ms)"',
    '| regexp "took[ =](?P<took>[0-9.]+)(?P<unit>m?s)"',
    '| unpack',
  ]);

const some = (words: LogqlWords, share: number, make: () => string): string => (words.random.chance(share) ? ` ${make()}` : '');

/** All that a parser of this format can be followed by. */
export const formatStages: MakeFor = (words, format) => {
  const stages = [
    some(words, 0.3, () => lineFilter(words)),
    some(words, 0.2, () => `| ${joined(words, () => metadataFilter(words))}`),
    ` ${parserOf(words, format)}`,
    some(words, 0.5, () => `| ${joined(words, () => parsedFilter(words, format))}`),
    some(words, 0.4, () => labelStage(words, format)),
    some(words, 0.2, () => lineFilter(words)),
  ];
  return stages.join('');
};

const plainStages: Make = (words) =>
  [
    some(words, 0.6, () => lineFilter(words)),
    some(words, 0.5, () => `| ${joined(words, () => metadataFilter(words))}`),
    some(words, 0.4, () => patternStage(words)),
    some(words, 0.2, () => lineFilter(words)),
  ].join('');

export const logPipeline: Make = (words) => {
  const { random, vocabulary } = words;
  if (random.chance(0.5) || vocabulary.formats.length === 0) return `${random.pick(vocabulary.selectors)}${plainStages(words)}`;
  const format = random.pick(vocabulary.formats);
  return `${format.selector}${formatStages(words, format)}`;
};
