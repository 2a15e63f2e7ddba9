// Ways on from a panel: the traces or log lines behind it, the runbook, the next dashboard. The time range and the chosen run go along.
import { DashboardLinkBuilder, DashboardLinkType } from '@grafana/grafana-foundation-sdk/dashboard';
import { type Datasource, loki, tempo } from './datasource.ts';
import type { Runbook } from './runbooks.ts';

export type Link = { readonly title: string; readonly url: string };

/** Explore's own URL. Grafana fills variables in when it is followed, so those stay as they are. */
const explore = (datasource: Datasource, query: Readonly<Record<string, unknown>>): string => {
  const pane = {
    datasource: datasource.uid,
    queries: [{ refId: 'A', datasource, ...query }],
    range: { from: '${__from}', to: '${__to}' },
  };
  return `/explore?schemaVersion=1&orgId=1&panes=${keepVariables(encodeURIComponent(JSON.stringify({ faultline: pane })))}`;
};

const keepVariables = (url: string): string => url.replaceAll(/%24%7B(\w+)%7D/g, (_all, name: string) => `\${${name}}`);

/** `${name}`, and not `$name`: only so do the variables of a query survive in the URL. */
const braced = (text: string): string => text.replaceAll(/\$(\w+)/g, (_all, name: string) => `\${${name}}`);

export const tracesBehind = (traceql: string, title = 'Traces behind it'): Link => ({
  title,
  url: explore(tempo, { queryType: 'traceql', query: braced(traceql), limit: 50, tableType: 'traces' }),
});

export const linesBehind = (logql: string, title = 'Log lines behind it'): Link => ({
  title,
  url: explore(loki, { expr: braced(logql), queryType: 'range' }),
});

export const runbookOf = (runbook: Runbook): Link => ({ title: `Runbook: ${runbook}`, url: `\${runbooks}/${runbook}.md` });

const variables = '${faultline_run:queryparam}&${faultline_scenario:queryparam}';

export const dashboardOf = (uid: string, title: string): Link => ({ title, url: `/d/${uid}?\${__url_time_range}&${variables}` });

export const toBuilder = ({ title, url }: Link): DashboardLinkBuilder =>
  new DashboardLinkBuilder(title).type(DashboardLinkType.Link).url(url);
