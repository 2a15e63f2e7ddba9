// What the dashboards of a perfect run show.
import type { PanelRecord } from '../../engine/run-data.ts';
import type { Scenario } from '../../scenario/scenario.ts';

/** One panel with data, and those that the scenario knows to be empty where nothing is wrong. */
export const simulatePanels = ({ expectations }: Scenario): readonly PanelRecord[] => {
  const empty = expectations.flatMap(({ parameters }) => (parameters?.['mayBeEmpty'] as readonly string[] | undefined) ?? []);
  return [panelOf('pipeline › Lag', 2), ...empty.map((name) => panelOf(name, 0))];
};

const panelOf = (name: string, found: number): PanelRecord => {
  const [dashboard = '', panel = ''] = name.split(' › ');
  return { dashboard, panel, panelId: 1, refId: 'A', datasource: 'prometheus', kind: 'range', query: 'up', found };
};
