// What the page is told by who serves it.

export type PageConfig = {
  /** Base URLs of the query APIs, without a slash at the end; empty: the page's own origin. */
  readonly backends: { readonly prometheus: string; readonly tempo: string; readonly loki: string };
  /** How often samples come: Grafana's timeInterval of the Prometheus datasource. */
  readonly timeIntervalSeconds: number;
};

export const ownOrigin: PageConfig['backends'] = { prometheus: '', tempo: '', loki: '' };
