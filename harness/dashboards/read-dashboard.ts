// Reads a dashboard's JSON (the classic schema, as Grafana provisions it from files) into the model. All that is not understood is refused at once, each with its place.
import type { Dashboard } from './dashboard.ts';
import { DashboardRefused } from './dashboard-refused.ts';
import type { DashboardProblem } from './dashboard-refused.ts';
import { readAnnotation } from './read/annotations.ts';
import { jsonNode } from './read/json-node.ts';
import type { JsonNode, Report } from './read/json-node.ts';
import { readDashboardLink } from './read/panel-link.ts';
import { readSections } from './read/sections.ts';
import { readVariable } from './read/variables.ts';
import { parseTimePoint } from './time-range.ts';

const dashboardKeys = [
  'uid title description tags timezone time refresh timepicker panels templating annotations links',
  // Without an effect here: how it is edited, stored and counted in Grafana.
  'id version schemaVersion editable graphTooltip fiscalYearStartMonth weekStart liveNow preload revision style iteration',
];

const least = 36;

const checkSchema = (node: JsonNode): void => {
  const version = node.number('schemaVersion') ?? 0;
  if (version < least) node.refuse('schemaVersion', `is ${version}; the classic schema is understood from ${least} on`);
};

const readTime = (node: JsonNode): Dashboard['time'] => {
  const time = node.child('time');
  time?.only('from', 'to');
  const [from, to] = [time?.text('from') ?? 'now-6h', time?.text('to') ?? 'now'];
  for (const [key, text] of [
    ['from', from],
    ['to', to],
  ] as const) {
    if (parseTimePoint(text, 0) === null)
      time?.refuse(key, `"${text}" is no time that is understood (now, now-15m, RFC 3339, milliseconds)`);
  }
  return { from, to };
};

const readRefreshChoices = (node: JsonNode): readonly string[] => {
  const picker = node.child('timepicker');
  picker?.only(
    'refresh_intervals',
    'hidden',
    'nowDelay',
    'quick_ranges',
    'time_options',
    'status',
    'type',
    'enable',
    'collapse',
    'notice',
    'now',
  );
  const choices = picker?.texts('refresh_intervals') ?? [];
  return choices.length === 0 ? ['1s', '5s', '10s', '30s', '1m', '5m', '15m'] : choices;
};

const refreshOf = (node: JsonNode): string => (node.raw('refresh') === false ? '' : (node.text('refresh') ?? ''));

const listOf = (node: JsonNode, key: string): readonly JsonNode[] => {
  const holder = node.child(key);
  holder?.only('list', 'enable');
  return holder?.children('list') ?? [];
};

const readModel = (node: JsonNode, uid: string, report: Report): Dashboard => ({
  uid,
  title: node.text('title') ?? uid,
  description: node.text('description') ?? '',
  tags: node.texts('tags'),
  timezone: node.text('timezone') === 'utc' ? 'utc' : 'browser',
  time: readTime(node),
  refresh: refreshOf(node),
  refreshChoices: readRefreshChoices(node),
  sections: readSections(node.children('panels'), uid, report),
  variables: listOf(node, 'templating').flatMap((variable) => readVariable(variable, uid)),
  annotations: listOf(node, 'annotations').flatMap((annotation) => readAnnotation(annotation, uid, report)),
  links: node.children('links').map(readDashboardLink),
});

/** `json`: the parsed file. Throws DashboardRefused. */
export const readDashboard = (json: unknown): Dashboard => {
  const problems: DashboardProblem[] = [];
  const report: Report = (place, message) => void problems.push({ place, message });
  const unnamed = jsonNode(json, 'dashboard', report);
  const uid = unnamed.text('uid') ?? '';
  if (!/^[\w-]{1,40}$/.test(uid)) report('dashboard', `has the uid "${uid}": up to 40 letters, digits, - and _ are needed`);
  const node = unnamed.named(uid === '' ? 'dashboard' : uid);
  node.only(...dashboardKeys);
  checkSchema(node);
  const dashboard = readModel(node, uid, report);
  if (problems.length > 0) throw new DashboardRefused(problems);
  return dashboard;
};
