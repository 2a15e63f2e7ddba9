// The harness's own signals as the Markdown of docs/harness-signals.md.
import { type HarnessSignal, harnessSignals } from './harness-signals.ts';

const introduction = `# Signals of the harness

What the harness tells of itself while a scenario runs. Written from \`harness/narration/harness-signals.ts\` by
\`node harness/narration/print-harness-signals.ts > docs/harness-signals.md\`; a test holds the two equal. The system's own: [signals.md](signals.md).

Sent every second by OTLP/HTTP to the stack that the system exports to, as service \`faultline-harness\`, with \`faultline.run\` and \`faultline.scenario\`. An export that fails is counted, said as a
warning when the scenario ends, and never holds up the run. No verdict rests on these signals: it rests on the history and on what the system itself exports.

## Metrics
`;

const logs = `## Log records

Severity INFO, one for each moment, at the time at which it happened:

| attribute | values |
|---|---|
| \`faultline.what\` | \`phase\` or \`fault\` |
| \`faultline.moment\` | \`begin\`, \`end\`, or of a fault also \`note\`: what was observed meanwhile |
| \`faultline.phase\`, \`faultline.fault\` | its name |

Dashboard "Run" draws them into its plots as annotations.
`;

export const formatHarnessSignals = (): string => {
  const all: readonly HarnessSignal[] = Object.values(harnessSignals);
  const head = ['| signal | unit | kind | in Prometheus | attributes | meaning |', '|---|---|---|---|---|---|'];
  return `${introduction}\n${[...head, ...all.map(row), ''].join('\n')}\n${logs}`;
};

const row = ({ name, unit, kind, promName, attributes, meaning }: HarnessSignal): string =>
  `| \`${name}\` | \`${unit}\` | ${kind} | \`${promName}\` | ${attributes.map((attribute) => `\`${attribute}\``).join(', ')} | ${meaning} |`;
