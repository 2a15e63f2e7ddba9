// The table of settings as the Markdown of docs/settings.md.
import { accessSettings } from '../settings/access-settings.ts';
import { importSettings } from '../settings/import-settings.ts';
import { consumerSettings } from '../settings/consumer-settings.ts';
import { ingestSettings } from '../settings/ingest-settings.ts';
import { postgresSettings } from '../settings/postgres-settings.ts';
import { processSettings } from '../settings/process-settings.ts';
import { rebuildSettings } from '../settings/rebuild-settings.ts';
import type { Setting } from '../settings/setting.ts';
import { schemaSettings } from '../settings/schema-settings.ts';
import { streamSettings } from '../settings/stream-settings.ts';
import { udpSettings } from '../settings/udp-settings.ts';
import { workerSettings } from '../settings/worker-settings.ts';

const introduction = `# Settings

Every environment variable of the system. Written from \`system/contract/settings/\` by \`node system/contract/settings-docs/print-settings.ts > docs/settings.md\`;
a test holds the two equal.

\`npm start\` hands what it is given on to its processes; a process that is started by hand (\`node system/main/ingest.ts\`, \`worker.ts\`, \`query.ts\`) reads its own. Each is read once, at the start: a value that is out
of its bounds, or a misspelt \`FAULTLINE_…\`, ends the process with all such mistakes at once, before anything is done. Telemetry is set by the standard \`OTEL_*\` variables.
`;

/** By the part of the system that they belong to; a test holds that none is left out. */
export const settingGroups: readonly { readonly title: string; readonly settings: Readonly<Record<string, Setting>> }[] = [
  { title: 'Every process', settings: processSettings },
  { title: 'Keys and tenants', settings: accessSettings },
  { title: 'Ingest', settings: ingestSettings },
  { title: 'Imports', settings: importSettings },
  { title: 'Ingest by UDP', settings: udpSettings },
  { title: 'The log', settings: streamSettings },
  { title: 'Schemas', settings: schemaSettings },
  { title: 'Workers', settings: workerSettings },
  { title: 'Rebuilds', settings: rebuildSettings },
  { title: 'Consumers over HTTP, and exports', settings: consumerSettings },
  { title: "`npm start`'s own PostgreSQL", settings: postgresSettings },
];

export const formatSettings = (): string =>
  [introduction, ...settingGroups.map(({ title, settings }) => `## ${title}\n\n${table(Object.values(settings))}`)].join('\n');

const table = (settings: readonly Setting[]) =>
  ['| variable | default | values | read by | meaning |', '|---|---|---|---|---|', ...settings.map(row), ''].join('\n');

const row = (setting: Setting) =>
  `| ${[`\`${setting.name}\``, fallbackOf(setting), valuesOf(setting), setting.readers.join(', '), inCell(setting.meaning)].join(' | ')} |`;

const fallbackOf = ({ fallback }: Setting) => (fallback === null || fallback === '' ? '' : `\`${fallback}\``);

const valuesOf = ({ kind, minimum, maximum, choices }: Setting) => {
  if (choices !== undefined) return choices.map((choice) => `\`${choice}\``).join(', ');
  if (minimum === undefined && maximum === undefined) return kind;
  return `${kind}, ${[minimum === undefined ? '' : count(minimum), maximum === undefined ? '' : count(maximum)].join(' to ').trim()}`;
};

const count = (value: number) => (value === Number.MAX_SAFE_INTEGER ? '2^53 - 1' : value.toLocaleString('en-US'));

/** A bar would end the cell. */
const inCell = (text: string) => text.replaceAll('|', '\\|');
