// A rule file's text -> its groups, or all that is wrong with it. What Prometheus refuses is refused here, and nothing of a wrong file is used.
import type { Rule, RuleGroup } from '../rule.ts';
import { checkRule, isLabelName } from './check-rule.ts';
import type { RuleFields } from './check-rule.ts';
import { findDuplicates } from './find-duplicates.ts';
import type { Problem } from './problem.ts';
import type { Fields, YamlNode, YamlReader } from './yaml-reader.ts';
import { readYaml } from './yaml-reader.ts';

export type RuleFileReading = {
  readonly groups: readonly RuleGroup[];
  readonly problems: readonly Problem[];
  /** What Prometheus takes, and is likely to be a mistake. */
  readonly warnings: readonly Problem[];
};

const groupFields = ['name', 'interval', 'query_offset', 'limit', 'rules', 'labels'];
const ruleFields = ['record', 'alert', 'expr', 'for', 'keep_firing_for', 'labels', 'annotations'];

const readFields = (yaml: YamlReader, fields: Fields, where: string): RuleFields => ({
  record: yaml.text(fields.get('record'), `${where}record`),
  alert: yaml.text(fields.get('alert'), `${where}alert`),
  expression: yaml.text(fields.get('expr'), `${where}expr`),
  forMs: yaml.duration(fields.get('for'), `${where}for`),
  keepFiringForMs: yaml.duration(fields.get('keep_firing_for'), `${where}keep_firing_for`),
  labels: yaml.textMap(fields.get('labels'), `${where}labels`),
  annotations: yaml.textMap(fields.get('annotations'), `${where}annotations`),
});

const ruleOf = (fields: RuleFields, groupLabels: Readonly<Record<string, string>>): Rule => {
  const { expression, annotations } = fields;
  const labels = { ...groupLabels, ...fields.labels };
  if (fields.alert === '') return { kind: 'recording', name: fields.record, expression, labels };
  const [forMs, keepFiringForMs] = [fields.forMs ?? 0, fields.keepFiringForMs ?? 0];
  return { kind: 'alerting', name: fields.alert, expression, forMs, keepFiringForMs, labels, annotations };
};

const readRule = (
  yaml: YamlReader,
  node: YamlNode,
  at: { group: string; number: number; labels: Readonly<Record<string, string>> },
): Rule => {
  const unnamed = `group ${JSON.stringify(at.group)}, rule ${at.number}: `;
  const fields = yaml.fields(node, `${unnamed}a rule`, ruleFields);
  if (fields === null)
    return ruleOf({ record: '', alert: '', expression: '', forMs: 0, keepFiringForMs: 0, labels: {}, annotations: {} }, {});
  const read = readFields(yaml, fields, unnamed);
  const name = read.alert === '' ? read.record : read.alert;
  const where = `group ${JSON.stringify(at.group)}, rule ${at.number}, ${JSON.stringify(name)}: `;
  for (const { field, message } of checkRule(read)) yaml.report(yaml.placeOf(fields.get(field), fields.place), `${where}${message}`);
  return ruleOf(read, at.labels);
};

const readGroup = (yaml: YamlReader, node: YamlNode, file: string, names: Set<string>): RuleGroup | null => {
  const fields = yaml.fields(node, 'a group', groupFields);
  if (fields === null) return null;
  const name = yaml.text(fields.get('name'), 'the name of a group');
  const where = `group ${JSON.stringify(name)}: `;
  if (name === '') yaml.report(fields.place, 'a group has no name: give it one');
  else if (names.has(name)) yaml.report(fields.place, `${where}there is another group of this name in the file`);
  names.add(name);
  const labels = yaml.textMap(fields.get('labels'), `${where}labels`);
  for (const label of Object.keys(labels)) {
    if (!isLabelName(label)) yaml.report(yaml.placeOf(fields.get('labels')), `${where}invalid label name ${JSON.stringify(label)}`);
  }
  const limit = yaml.number(fields.get('limit'), `${where}limit`);
  return {
    name,
    file,
    // As in Prometheus, an interval of 0 is none.
    intervalMs: yaml.duration(fields.get('interval'), `${where}interval`) || null,
    queryOffsetMs: yaml.duration(fields.get('query_offset'), `${where}query_offset`) ?? 0,
    limit: Math.trunc(limit ?? 0),
    rules: yaml
      .list(fields.get('rules'), `${where}rules`)
      .map((rule, index) => readRule(yaml, rule, { group: name, number: index + 1, labels })),
  };
};

export const readRuleFile = (file: string, source: string): RuleFileReading => {
  const yaml = readYaml(source);
  const warnings: Problem[] = [];
  if (yaml.extraDocuments > 0) warnings.push({ line: 1, column: 1, message: 'the file has several documents: the first alone is read' });
  // What is broken as YAML already would only be said twice.
  if (yaml.problems.length > 0) return { groups: [], problems: yaml.problems, warnings };
  const fields = yaml.fields(yaml.root, 'a rule file', ['groups']);
  const names = new Set<string>();
  const groups = yaml.list(fields?.get('groups') ?? null, 'groups').map((node) => readGroup(yaml, node, file, names));
  const whole = groups.filter((group) => group !== null);
  warnings.push(...findDuplicates(whole).map((message) => ({ line: 1, column: 1, message })));
  return { groups: yaml.problems.length > 0 ? [] : whole, problems: yaml.problems, warnings };
};
