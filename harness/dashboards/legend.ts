// The name of a series: legendFormat with {{label}} filled in, or the series as Prometheus writes it.

export type Labels = Readonly<Record<string, string>>;

/** A label that the series has not becomes the label's name, as Grafana shows it. */
export const formatLegend = (format: string, labels: Labels): string =>
  format.replaceAll(/\{\{\s*(.+?)\s*\}\}/g, (_whole, name: string) => (Object.hasOwn(labels, name) ? (labels[name] ?? name) : name));

const quoted = (value: string): string => JSON.stringify(value);

export const seriesText = (labels: Labels): string => {
  const { __name__: name = '', ...others } = labels;
  const pairs = Object.entries(others).map(([label, value]) => `${label}=${quoted(value)}`);
  return pairs.length === 0 && name !== '' ? name : `${name}{${pairs.join(', ')}}`;
};

/** "__auto" is what Grafana's editor writes for "no format": the value of the one label, where there is but one. */
export const seriesName = (labels: Labels, format: string | undefined, expr: string): string => {
  if (format !== undefined && format !== '' && format !== '__auto') return formatLegend(format, labels);
  const values = Object.entries(labels).filter(([label]) => label !== '__name__');
  if (format === '__auto' && values.length === 1) return values[0]?.[1] ?? '';
  return Object.keys(labels).length === 0 ? expr : seriesText(labels);
};
