// What a link to a view holds: time range, refresh, variables. The parameters are Grafana's own, so that links made for one work in the other.
import type { Dashboard } from '../../../../dashboards/dashboard.ts';
import { parseTimePoint } from '../../../../dashboards/time-range.ts';

export type ViewState = {
  readonly from: string;
  readonly to: string;
  /** Empty: none. */
  readonly refresh: string;
  readonly variables: Readonly<Record<string, readonly string[]>>;
};

const variablePrefix = 'var-';

const variablesOf = (parameters: URLSearchParams): ViewState['variables'] =>
  Object.fromEntries(
    [...new Set(parameters.keys())]
      .filter((key) => key.startsWith(variablePrefix))
      .map((key) => [key.slice(variablePrefix.length), parameters.getAll(key)]),
  );

const timeOf = (text: string | null, fallback: string): string => (text !== null && parseTimePoint(text, 0) !== null ? text : fallback);

/** What the link does not say, or says wrongly, is as the dashboard has it. */
export const readViewState = (search: string, { time, refresh }: Pick<Dashboard, 'time' | 'refresh'>): ViewState => {
  const parameters = new URLSearchParams(search);
  return {
    from: timeOf(parameters.get('from'), time.from),
    to: timeOf(parameters.get('to'), time.to),
    refresh: parameters.get('refresh') ?? refresh,
    variables: variablesOf(parameters),
  };
};

const ownParameters: readonly string[] = ['from', 'to', 'refresh'];
const isOwn = (key: string): boolean => ownParameters.includes(key) || key.startsWith(variablePrefix);

/** `search`: of the link as it is. What it says beside the view, such as `panes`, stays. */
export const writeViewState = ({ from, to, refresh, variables }: ViewState, search = ''): string => {
  const parameters = new URLSearchParams({ from, to });
  parameters.set('refresh', refresh);
  for (const [name, values] of Object.entries(variables)) for (const value of values) parameters.append(`${variablePrefix}${name}`, value);
  for (const [key, value] of new URLSearchParams(search)) if (!isOwn(key)) parameters.append(key, value);
  return `?${parameters.toString()}`;
};

export type TimeRange = { readonly fromMs: number; readonly toMs: number };

export const rangeOf = ({ from, to }: Pick<ViewState, 'from' | 'to'>, nowMs: number): TimeRange => {
  const [fromMs, toMs] = [parseTimePoint(from, nowMs) ?? nowMs - 900_000, parseTimePoint(to, nowMs, true) ?? nowMs];
  return fromMs < toMs ? { fromMs, toMs } : { fromMs: toMs - 60_000, toMs };
};
