// Reads a query: which datasource, which expression, how it is asked.
import { datasourceKinds } from '../target.ts';
import type { DatasourceKind, QueryKind, Target } from '../target.ts';
import { present } from './json-node.ts';
import type { JsonNode } from './json-node.ts';
import { isMetricsTraceQl, isTraceId } from './traceql-form.ts';

export type DatasourceRef = { readonly type: string; readonly uid: string };

export const readDatasource = (node: JsonNode): DatasourceRef | undefined => {
  const datasource = node.child('datasource');
  datasource?.only('type', 'uid', 'apiVersion');
  return datasource && { type: datasource.text('type') ?? '', uid: datasource.text('uid') ?? '' };
};

const everyTarget = ['refId', 'datasource', 'hide', 'queryType', 'editorMode', 'key'];
const keysOf: Readonly<Record<DatasourceKind, readonly string[]>> = {
  prometheus: [
    'expr',
    'legendFormat',
    'instant',
    'range',
    'format',
    'interval',
    'intervalFactor',
    'exemplar',
    'step',
    'intervalMs',
    'maxDataPoints',
  ],
  loki: ['expr', 'legendFormat', 'instant', 'range', 'maxLines', 'step', 'resolution', 'direction'],
  tempo: ['query', 'limit', 'spss', 'tableType', 'step', 'filters', 'exemplars', 'metricsQueryType', 'serviceMapUseNativeHistograms'],
};

const prometheusKinds = (node: JsonNode): readonly QueryKind[] => {
  const [instant, range] = [node.flag('instant') ?? false, node.flag('range') ?? false];
  if (instant && range) return ['instant', 'range'];
  return instant ? ['instant'] : ['range'];
};

const lokiKinds = (node: JsonNode): readonly QueryKind[] => {
  const type = node.choice('queryType', ['range', 'instant', '']) ?? '';
  return type === 'instant' || (type === '' && node.flag('instant') === true) ? ['instant'] : ['range'];
};

const tempoKinds = (node: JsonNode): readonly QueryKind[] => {
  node.choice('queryType', ['traceql', 'traceId']);
  if (Array.isArray(node.raw('filters')) && (node.raw('filters') as readonly unknown[]).length > 0)
    node.refuse('filters', 'is not understood; write the search as a TraceQL query');
  const query = node.text('query') ?? '';
  if (isTraceId(query) || node.raw('queryType') === 'traceId') return ['trace'];
  if (!isMetricsTraceQl(query)) return ['search'];
  return [node.choice('metricsQueryType', ['range', 'instant']) ?? 'range'];
};

const kindsOf = { prometheus: prometheusKinds, loki: lokiKinds, tempo: tempoKinds } as const;

const readInterval = (node: JsonNode, datasource: DatasourceKind): string | undefined => {
  const text = datasource === 'prometheus' ? node.text('interval') : node.text('step');
  return text === '' ? undefined : text;
};

const readExpression = (node: JsonNode, datasource: DatasourceKind): string => {
  const key = datasource === 'tempo' ? 'query' : 'expr';
  const expression = node.text(key) ?? '';
  if (expression.trim() === '') node.refuse(key, 'is empty');
  return expression;
};

const whichDatasource = (node: JsonNode, reference: DatasourceRef | undefined): DatasourceKind | undefined => {
  const kind = datasourceKinds.find((name) => name === reference?.type);
  if (kind === undefined) node.refuse('datasource', `is of type "${reference?.type ?? ''}", must be one of ${datasourceKinds.join(', ')}`);
  return kind;
};

/** `inherited`: the panel's own datasource, for targets that name none. */
export const readTarget = (node: JsonNode, inherited: DatasourceRef | undefined): readonly Target[] => {
  const reference = readDatasource(node) ?? inherited;
  const datasource = whichDatasource(node, reference);
  if (datasource === undefined) return [];
  node.only(...everyTarget, ...keysOf[datasource]);
  return [
    {
      refId: node.text('refId') ?? 'A',
      datasource,
      datasourceUid: reference?.uid ?? '',
      expr: readExpression(node, datasource),
      kinds: kindsOf[datasource](node),
      format: node.choice('format', ['time_series', 'table', 'heatmap']) ?? 'time_series',
      hidden: node.flag('hide') ?? false,
      intervalFactor: node.number('intervalFactor') ?? 1,
      tableType: node.choice('tableType', ['traces', 'spans']) ?? 'traces',
      oldestFirst: node.choice('direction', ['forward', 'backward']) === 'forward',
      ...present({
        legendFormat: node.text('legendFormat'),
        interval: readInterval(node, datasource),
        limit: datasource === 'loki' ? node.number('maxLines') : node.number('limit'),
        spansPerSet: node.number('spss'),
      }),
    },
  ];
};
