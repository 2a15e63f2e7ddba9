// The kinds of panel that dashboards are made of, and no others: what is not here, the page without Grafana does not draw.
import type { Builder } from '@grafana/grafana-foundation-sdk/cog';
import * as common from '@grafana/grafana-foundation-sdk/common';
import { MappingType, type Panel, SpecialValueMatch, type ValueMapping } from '@grafana/grafana-foundation-sdk/dashboard';
import { PanelBuilder as Gauge } from '@grafana/grafana-foundation-sdk/gauge';
import { PanelBuilder as Logs } from '@grafana/grafana-foundation-sdk/logs';
import { PanelBuilder as Stat } from '@grafana/grafana-foundation-sdk/stat';
import { PanelBuilder as Table } from '@grafana/grafana-foundation-sdk/table';
import { PanelBuilder as TimeSeries } from '@grafana/grafana-foundation-sdk/timeseries';
import { loki, prometheus, tempo } from './datasource.ts';
import { applySpec, type PanelSpec } from './panel-spec.ts';

type Given<Defaulted extends keyof PanelSpec> = Omit<PanelSpec, Defaulted> & Partial<Pick<PanelSpec, Defaulted>>;
type Sized = Given<'width' | 'height'>;
/** Lines and rows are no quantities. */
type Unitless = Given<'width' | 'height' | 'unit' | 'behind'>;

export type TimeSeriesSpec = Sized & {
  readonly draw?: 'lines' | 'stacked' | 'bars';
  /** Where it is not Prometheus that is asked. */
  readonly from?: 'loki';
  /** By the name of a series, whichever come first: names that mean the same everywhere look the same everywhere. */
  readonly colors?: Readonly<Record<string, string>>;
};

/** A share or a quantile of nothing is NaN: said in words, and no colour. */
const noTraffic: ValueMapping = {
  type: MappingType.SpecialValue,
  options: { match: SpecialValueMatch.NotANumber, result: { text: 'no traffic', color: 'text' } },
};

const colored = (panel: TimeSeries, colors: Readonly<Record<string, string>>): TimeSeries =>
  Object.entries(colors).reduce(
    (builder, [name, fixedColor]) => builder.overrideByName(name, [{ id: 'color', value: { mode: 'fixed', fixedColor } }]),
    panel,
  );

/** Drawn over the range; limits are dashed lines. */
export const timeseries = ({ draw = 'lines', from, colors = {}, ...spec }: TimeSeriesSpec): Builder<Panel> =>
  colored(applySpec(new TimeSeries(), { width: 8, height: 8, ...spec }, from === 'loki' ? loki : prometheus), colors)
    .mappings([noTraffic])
    .min(0)
    .lineWidth(1)
    .fillOpacity(draw === 'lines' ? 8 : 40)
    .drawStyle(draw === 'bars' ? common.GraphDrawStyle.Bars : common.GraphDrawStyle.Line)
    .stacking(new common.StackingConfigBuilder().mode(draw === 'lines' ? common.StackingMode.None : common.StackingMode.Normal).group('A'))
    .showPoints(common.VisibilityMode.Never)
    .spanNulls(false)
    .thresholdsStyle(
      new common.GraphThresholdsStyleConfigBuilder().mode(
        spec.limits === undefined ? common.GraphThresholdsStyleMode.Off : common.GraphThresholdsStyleMode.Dashed,
      ),
    )
    .legend(
      new common.VizLegendOptionsBuilder()
        .showLegend(true)
        .displayMode(common.LegendDisplayMode.List)
        .placement(common.LegendPlacement.Bottom)
        .calcs([]),
    )
    .tooltip(new common.VizTooltipOptionsBuilder().mode(common.TooltipDisplayMode.Multi).sort(common.SortOrder.Descending));

const lastValue = (): common.ReduceDataOptionsBuilder =>
  new common.ReduceDataOptionsBuilder().calcs(['lastNotNull']).values(false).fields('');

/** The value of now, coloured by its limits; `name` shows what has the value instead. */
export const stat = ({ shows = 'value', ...spec }: Sized & { readonly shows?: 'value' | 'name' }): Builder<Panel> =>
  applySpec(new Stat(), { width: 4, height: 4, ...spec }, prometheus)
    .mappings([noTraffic])
    .reduceOptions(lastValue())
    .colorMode(common.BigValueColorMode.Background)
    .graphMode(common.BigValueGraphMode.None)
    .textMode(shows === 'name' ? common.BigValueTextMode.Name : common.BigValueTextMode.Auto)
    .justifyMode(common.BigValueJustifyMode.Auto);

/** The value of now, between 0 and what it can be at most. */
export const gauge = ({ atMost, ...spec }: Sized & { readonly atMost: number }): Builder<Panel> =>
  applySpec(new Gauge(), { width: 4, height: 4, ...spec }, prometheus)
    .mappings([noTraffic])
    .min(0)
    .max(atMost)
    .reduceOptions(lastValue())
    .showThresholdLabels(false)
    .showThresholdMarkers(true);

/** A row for each series; `columns` gives the labels that are shown their names, in their order. */
export type TableSpec = Sized & { readonly columns: Readonly<Record<string, string>>; readonly sortBy: string };

export const table = ({ columns, sortBy, ...spec }: TableSpec): Builder<Panel> =>
  applySpec(new Table(), { width: 8, height: 8, ...spec }, prometheus)
    .showHeader(true)
    .sortBy([new common.TableSortByFieldStateBuilder().displayName(sortBy).desc(true)])
    .withTransformation({
      id: 'organize',
      options: {
        excludeByName: { Time: true },
        indexByName: Object.fromEntries(Object.keys(columns).map((name, index) => [name, index])),
        renameByName: columns,
      },
    });

/** Newest first. */
export const logs = (spec: Unitless): Builder<Panel> =>
  applySpec(new Logs(), { width: 24, height: 9, unit: 'none', behind: [], ...spec }, loki)
    .showTime(true)
    .showLabels(false)
    .wrapLogMessage(true)
    .enableLogDetails(true)
    .sortOrder(common.LogsSortOrder.Descending)
    .dedupStrategy(common.LogsDedupStrategy.None);

/** A row for each trace, the longest first: of the newest that match, for Tempo's search gives no other order. */
export const traceList = (spec: Unitless): Builder<Panel> =>
  applySpec(new Table(), { width: 24, height: 9, unit: 'none', behind: [], ...spec }, tempo)
    .showHeader(true)
    .sortBy([new common.TableSortByFieldStateBuilder().displayName('Duration').desc(true)]);
