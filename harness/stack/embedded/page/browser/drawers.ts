// Which drawer draws which type of panel.
import type { Panel } from '../../../../dashboards/panel.ts';
import type { Drawer, DrawerOptions, PanelOf } from './drawer.ts';
import { createBarGauge, createGauge } from './gauge.ts';
import { createLogs } from './logs.ts';
import { createStat } from './stat.ts';
import { createTable } from './table.ts';
import { createText } from './text.ts';
import { createTimeseries } from './timeseries.ts';

export const createDrawer = (panel: Panel, options: DrawerOptions): Drawer => {
  switch (panel.view.type) {
    case 'timeseries':
      return createTimeseries(panel as PanelOf<'timeseries'>, options);
    case 'stat':
      return createStat(panel as PanelOf<'stat'>, options);
    case 'gauge':
      return createGauge(panel as PanelOf<'gauge'>, options);
    case 'bargauge':
      return createBarGauge(panel as PanelOf<'bargauge'>, options);
    case 'table':
      return createTable(panel as PanelOf<'table'>, options);
    case 'logs':
      return createLogs(panel as PanelOf<'logs'>, options);
    case 'text':
      return createText(panel as PanelOf<'text'>, options);
  }
};
