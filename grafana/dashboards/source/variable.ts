// What a reader can narrow a dashboard to. All is any value and the empty one: outside of runs nothing carries a run or a scenario.
import {
  QueryVariableBuilder,
  TextBoxVariableBuilder,
  VariableHide,
  VariableRefresh,
  VariableSort,
} from '@grafana/grafana-foundation-sdk/dashboard';
import { signals } from '../../../system/contract/signals.ts';
import { prometheus } from './datasource.ts';
import { valueOf } from './metric.ts';

const labelValues = (name: string, label: string, title: string, series: string): QueryVariableBuilder =>
  new QueryVariableBuilder(name)
    .label(title)
    .datasource(prometheus)
    .query({ qryType: 1, query: `label_values(${series}, ${label})`, refId: `variable-${name}` })
    .definition(`label_values(${series}, ${label})`)
    .refresh(VariableRefresh.OnTimeRangeChanged)
    .sort(VariableSort.NaturalAsc)
    .includeAll(true)
    .allValue('.*')
    .current({ selected: true, text: 'All', value: '$__all' });

/** Every process exports it, from its first export on. */
const everyProcess = signals.eventLoopUtilization;

export const run = (): QueryVariableBuilder => labelValues('faultline_run', 'faultline_run', 'Run', everyProcess.promName);

export const scenario = (): QueryVariableBuilder =>
  labelValues('faultline_scenario', 'faultline_scenario', 'Scenario', `${everyProcess.promName}{faultline_run=~"$faultline_run"}`);

export const processor = (): QueryVariableBuilder =>
  labelValues('processor', 'faultline_processor', 'Processor', valueOf(signals.checkpointPosition));

export const instance = (job: string): QueryVariableBuilder =>
  labelValues('instance', 'instance', 'Instance', valueOf(everyProcess, { job: `=~"${job}"` }));

/** Where docs/runbooks is to be read: another place is given in the address, `var-runbooks=https://…`. */
export const runbooksPlace = (): TextBoxVariableBuilder =>
  new TextBoxVariableBuilder('runbooks')
    .label('Runbooks')
    .hide(VariableHide.HideVariable)
    .defaultValue('/runbooks')
    .current({ selected: true, text: '/runbooks', value: '/runbooks' });
