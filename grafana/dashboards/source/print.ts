// A dashboard as the file that is committed: the same text for the same source, however often.
import type { Dashboard } from '@grafana/grafana-foundation-sdk/dashboard';

export const fileNameOf = ({ uid }: Dashboard): string => `${uid}.json`;

/** What the builder fills in everywhere: `placement` would hide links and annotations in a menu, the others belong to another kind of variable. */
const unmeant: ReadonlySet<string> = new Set(['placement', 'auto', 'auto_min', 'auto_count', 'builtIn', 'skipUrlSync']);

export const printDashboard = (dashboard: Dashboard): string =>
  `${JSON.stringify(dashboard, (key, value: unknown) => (unmeant.has(key) ? undefined : value), 2)}\n`;
