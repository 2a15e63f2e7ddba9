// promtool's format of rule tests: a file's text -> its tests, or all that is wrong with it.
import { noLabels } from '../../promql/labels.ts';
import type { Problem } from '../reading/problem.ts';
import type { Fields, YamlNode, YamlReader } from '../reading/yaml-reader.ts';
import { readYaml } from '../reading/yaml-reader.ts';
import { NotationError, parseMetric } from './parse-metric.ts';
import { parseSeriesValues } from './parse-values.ts';
import type { AlertTest, ExpectedAlert, ExpectedSample, ExpressionTest, InputSeries, RuleTestFile, TestGroup } from './rule-test.ts';

const fileFields = ['rule_files', 'evaluation_interval', 'group_eval_order', 'tests', 'fuzzy_compare'];
const groupFields = [
  'interval',
  'input_series',
  'alert_rule_test',
  'promql_expr_test',
  'external_labels',
  'external_url',
  'name',
  'start_timestamp',
];

/** What the notation refuses becomes a problem at the node. */
const notation = <T>(yaml: YamlReader, node: YamlNode, where: string, otherwise: T, read: () => T): T => {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof NotationError)) throw error;
    yaml.report(yaml.placeOf(node), `${where}${error.message}`);
    return otherwise;
  }
};

/** Each item of a list with its known fields; what is no mapping is left out, and said. */
const each = <T>(
  yaml: YamlReader,
  node: YamlNode,
  what: string,
  known: readonly string[],
  read: (fields: Fields, what: string) => T,
): T[] =>
  yaml.list(node, what).flatMap((item, index) => {
    const title = `${what} ${index + 1}`;
    const fields = yaml.fields(item, title, known);
    return fields === null ? [] : [read(fields, title)];
  });

const readSeries = (yaml: YamlReader, fields: Fields, what: string): InputSeries => {
  const [series, values] = [fields.get('series'), fields.get('values')];
  const metric = yaml.text(series, `${what}.series`);
  if (metric === '') yaml.report(fields.place, `${what} has no series`);
  // To promtool, the values begin there.
  if (/^[\w:]+\s/.test(metric)) yaml.report(yaml.placeOf(series), `${what}: space behind the metric's name in ${JSON.stringify(metric)}`);
  return {
    labels: notation(yaml, series, `${what}: `, noLabels, () => parseMetric(metric)),
    values: notation(yaml, values, `${what}: `, [], () => parseSeriesValues(yaml.text(values, `${what}.values`))),
  };
};

const readEvalTime = (yaml: YamlReader, fields: Fields, what: string): number =>
  yaml.duration(fields.get('eval_time'), `${what}.eval_time`) ?? 0;

const readExpectedAlert = (yaml: YamlReader, fields: Fields, what: string): ExpectedAlert => ({
  labels: yaml.textMap(fields.get('exp_labels'), `${what}.exp_labels`),
  annotations: yaml.textMap(fields.get('exp_annotations'), `${what}.exp_annotations`),
});

const readAlertTest = (yaml: YamlReader, fields: Fields, what: string): AlertTest => {
  const alertname = yaml.text(fields.get('alertname'), `${what}.alertname`);
  if (alertname === '') yaml.report(fields.place, `${what} has no alertname`);
  const expected = each(yaml, fields.get('exp_alerts'), `${what}: exp_alerts`, ['exp_labels', 'exp_annotations'], (alert, title) =>
    readExpectedAlert(yaml, alert, title),
  );
  return { evalTimeMs: readEvalTime(yaml, fields, what), alertname, expected };
};

const readExpectedSample = (yaml: YamlReader, fields: Fields, what: string): ExpectedSample => {
  const labels = fields.get('labels');
  if (yaml.text(fields.get('histogram'), `${what}.histogram`) !== '') {
    yaml.report(yaml.placeOf(fields.get('histogram')), `${what}: native histograms are not supported`);
  }
  return {
    labels: notation(yaml, labels, `${what}: `, noLabels, () => parseMetric(yaml.text(labels, `${what}.labels`))),
    value: yaml.number(fields.get('value'), `${what}.value`) ?? 0,
  };
};

const readExpressionTest = (yaml: YamlReader, fields: Fields, what: string): ExpressionTest => {
  const expected = each(yaml, fields.get('exp_samples'), `${what}: exp_samples`, ['labels', 'value', 'histogram'], (sample, title) =>
    readExpectedSample(yaml, sample, title),
  );
  const expression = yaml.text(fields.get('expr'), `${what}.expr`);
  return { evalTimeMs: readEvalTime(yaml, fields, what), expression, expected };
};

/** Unix seconds or RFC 3339. */
const readStart = (yaml: YamlReader, node: YamlNode, what: string): number => {
  const text = yaml.text(node, what);
  if (text === '') return 0;
  const timeMs = /^[+-]?\d+(\.\d+)?$/.test(text)
    ? Math.round(Number(text) * 1000)
    : /^\d{4}-\d\d-\d\dT/.test(text)
      ? Date.parse(text)
      : NaN;
  if (Number.isNaN(timeMs)) yaml.report(yaml.placeOf(node), `${what} ${JSON.stringify(text)} is neither Unix seconds nor RFC 3339`);
  return Number.isNaN(timeMs) ? 0 : timeMs;
};

const readGroup = (yaml: YamlReader, fields: Fields, what: string, evaluationIntervalMs: number): TestGroup => {
  const name = yaml.text(fields.get('name'), `${what}.name`);
  const where = name === '' ? what : `test ${JSON.stringify(name)}`;
  return {
    name: name === '' ? what : name,
    intervalMs: yaml.duration(fields.get('interval'), `${where}: interval`) || evaluationIntervalMs,
    startMs: readStart(yaml, fields.get('start_timestamp'), `${where}: start_timestamp`),
    series: each(yaml, fields.get('input_series'), `${where}: input_series`, ['series', 'values'], (series, title) =>
      readSeries(yaml, series, title),
    ),
    alertTests: each(
      yaml,
      fields.get('alert_rule_test'),
      `${where}: alert_rule_test`,
      ['eval_time', 'alertname', 'exp_alerts'],
      (test, title) => readAlertTest(yaml, test, title),
    ),
    expressionTests: each(
      yaml,
      fields.get('promql_expr_test'),
      `${where}: promql_expr_test`,
      ['expr', 'eval_time', 'exp_samples'],
      (test, title) => readExpressionTest(yaml, test, title),
    ),
    externalLabels: yaml.textMap(fields.get('external_labels'), `${where}: external_labels`),
    externalUrl: yaml.text(fields.get('external_url'), `${where}: external_url`),
  };
};

const readOrder = (yaml: YamlReader, node: YamlNode): readonly string[] => {
  const names = yaml.list(node, 'group_eval_order').map((name) => yaml.text(name, 'group_eval_order'));
  const twice = names.find((name, index) => names.indexOf(name) < index);
  if (twice !== undefined) yaml.report(yaml.placeOf(node), `group_eval_order names ${JSON.stringify(twice)} twice`);
  return names;
};

export type TestFileReading = { readonly file: RuleTestFile; readonly problems: readonly Problem[] };

/** Of a file with problems nothing is to be run. */
export const readTestFile = (source: string): TestFileReading => {
  const yaml = readYaml(source);
  const fields = yaml.problems.length > 0 ? null : yaml.fields(yaml.root, 'a file of rule tests', fileFields);
  const get = (name: string): YamlNode => fields?.get(name) ?? null;
  const evaluationIntervalMs = yaml.duration(get('evaluation_interval'), 'evaluation_interval') || 60_000;
  const file: RuleTestFile = {
    ruleFiles: yaml.list(get('rule_files'), 'rule_files').map((node) => yaml.text(node, 'rule_files')),
    evaluationIntervalMs,
    groupOrder: readOrder(yaml, get('group_eval_order')),
    fuzzy: yaml.boolean(get('fuzzy_compare'), 'fuzzy_compare'),
    tests: each(yaml, get('tests'), 'tests', groupFields, (group, what) =>
      readGroup(yaml, group, what.replace('tests', 'test'), evaluationIntervalMs),
    ),
  };
  return { file, problems: yaml.problems };
};
