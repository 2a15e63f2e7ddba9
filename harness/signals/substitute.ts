// The two variables of a scenario's PromQL: $run becomes the label matchers of this run, $phase the length of the phase as a PromQL duration.

export type RunScope = { readonly runId: string; readonly scenario: string };

/** Inside a label value of PromQL. */
const escaped = (value: string): string => value.replaceAll(/[\\"]/g, String.raw`\$&`).replaceAll('\n', String.raw`\n`);

export const runMatchers = ({ runId, scenario }: RunScope): string =>
  `faultline_run="${escaped(runId)}",faultline_scenario="${escaped(scenario)}"`;

/** The same in LogQL: the run's resource attributes are structured metadata in Loki, not labels of the stream. */
export const runPipeline = (scope: RunScope): string =>
  runMatchers(scope)
    .split(/(?<="),/)
    .map((matcher) => ` | ${matcher}`)
    .join('');

/** At least two export intervals: a range over fewer holds no two samples to compare. */
export const phaseDuration = (lengthMs: number, exportIntervalMs: number): string =>
  `${Math.max(Math.round(lengthMs), 2 * exportIntervalMs)}ms`;

export const substitute = (promql: string, scope: RunScope, phase: string): string =>
  promql.replaceAll(/\$run\b/g, () => runMatchers(scope)).replaceAll(/\$phase\b/g, () => phase);
