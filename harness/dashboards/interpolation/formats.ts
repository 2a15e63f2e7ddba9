// ${name:format}: how the value, or the values, of a variable become text (Grafana's documentation, "Advanced variable format options").

type Values = readonly string[];

const escapeRegex = (value: string): string => value.replaceAll(/[\\^$*+?.()|[\]{}/]/g, String.raw`\$&`);
const alternatives = (values: Values): string => (values.length === 1 ? (values[0] ?? '') : `(${values.join('|')})`);
const quotedBy = (quote: string, values: Values): string =>
  values.map((value) => `${quote}${value.replaceAll(quote, `\\${quote}`)}${quote}`).join(',');

const formats: Readonly<Record<string, (values: Values, name: string) => string>> = {
  raw: (values) => values.join(','),
  csv: (values) => values.join(','),
  pipe: (values) => values.join('|'),
  regex: (values) => alternatives(values.map(escapeRegex)),
  glob: (values) => (values.length === 1 ? (values[0] ?? '') : `{${values.join(',')}}`),
  json: (values) => JSON.stringify(values.length === 1 ? values[0] : values),
  text: (values) => values.join(' + '),
  percentencode: (values) => encodeURIComponent(values.length === 1 ? (values[0] ?? '') : `{${values.join(',')}}`),
  singlequote: (values) => quotedBy("'", values),
  doublequote: (values) => quotedBy('"', values),
  queryparam: (values, name) => values.map((value) => `var-${encodeURIComponent(name)}=${encodeURIComponent(value)}`).join('&'),
};

export const formatNames = Object.keys(formats);

export const formatVariable = (format: string, values: Values, name: string): string | undefined =>
  Object.hasOwn(formats, format) ? formats[format]?.(values, name) : undefined;
