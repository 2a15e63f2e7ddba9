// The signal catalogue as the Markdown of docs/signals.md.
import { type Signal, signals } from '../contract/signals.ts';

const introduction = `# Signals

Every metric that the system exports. Written from \`system/contract/signals.ts\` by \`node system/telemetry/print-catalogue.ts > docs/signals.md\`;
a test holds the two equal.

**Observed** signals are counted in a process and carry \`job\` (\`faultline-ingest\`, \`faultline-worker\`, \`faultline-query\`) and \`instance\`; a kill may lose one export
interval. **Accounted** signals are read from the books: exact, exported by the one elected worker under \`job="faultline-accounting"\` without an instance, with
\`faultline.accounting.age\` beside them, so that absence is seen. A set of labels that was exported once and is in the books no more goes on for as long as that worker is elected: a gauge as 0, a counter with its last value.

Counters are cumulative and stand at 0 from the start where their labels are known. Histograms in seconds and of counts have the buckets of
\`durationBucketsSeconds\` and \`countBuckets\`. Prometheus' label names have \`_\` for \`.\`.
`;

const source = { observed: 'Observed', accounted: 'Accounted' } as const;

export const formatCatalogue = (): string => {
  const all: readonly Signal[] = Object.values(signals);
  const sections = (['observed', 'accounted'] as const).map(
    (name) => `## ${source[name]}\n\n${table(all.filter((signal) => signal.source === name))}`,
  );
  return `${introduction}\n${sections.join('\n')}`;
};

const table = (list: readonly Signal[]) =>
  ['| signal | unit | kind | in Prometheus | attributes | meaning |', '|---|---|---|---|---|---|', ...list.map(row), ''].join('\n');

const row = ({ name, unit, kind, promName, attributes, meaning }: Signal) =>
  `| \`${name}\` | \`${unit}\` | ${kind} | \`${promName}\` | ${attributes.map((attribute) => `\`${attribute}\``).join(', ')} | ${meaning} |`;
