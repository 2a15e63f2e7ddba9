// What the standard OTEL_* variables ask of this process. Parsed once, at start; says what it could not use and goes on.
import { messageOf } from '../contract/message-of.ts';

export type TelemetryEnvironment = Readonly<Record<string, string | undefined>>;

export type TelemetrySettings = {
  /** Where each signal goes, or null: not exported. */
  readonly tracesUrl: string | null;
  readonly metricsUrl: string | null;
  readonly logsUrl: string | null;
  readonly exportIntervalMs: number;
  readonly exportTimeoutMs: number;
  readonly traceDelayMs: number;
  readonly logDelayMs: number;
  readonly serviceName: string | null;
  readonly resourceAttributes: Readonly<Record<string, string>>;
  /** What was set and could not be used, in words for the log. */
  readonly problems: readonly string[];
};

export const parseTelemetrySettings = (environment: TelemetryEnvironment): TelemetrySettings => {
  const problems: string[] = [];
  const number = (name: string, fallback: number) => positiveNumber(environment, name, fallback, problems);
  const exportIntervalMs = number('OTEL_METRIC_EXPORT_INTERVAL', 10_000);
  checkProtocol(environment, problems);
  return {
    tracesUrl: endpoint(environment, 'TRACES', problems),
    metricsUrl: endpoint(environment, 'METRICS', problems),
    logsUrl: endpoint(environment, 'LOGS', problems),
    exportIntervalMs,
    exportTimeoutMs: number('OTEL_EXPORTER_OTLP_TIMEOUT', 10_000),
    traceDelayMs: number('OTEL_BSP_SCHEDULE_DELAY', 1000),
    logDelayMs: number('OTEL_BLRP_SCHEDULE_DELAY', 1000),
    serviceName: text(environment, 'OTEL_SERVICE_NAME'),
    resourceAttributes: parseResourceAttributes(text(environment, 'OTEL_RESOURCE_ATTRIBUTES'), problems),
    problems,
  };
};

/** The specification: an empty value is the same as none. */
const text = (environment: TelemetryEnvironment, name: string) => environment[name]?.trim() || null;

const endpoint = (environment: TelemetryEnvironment, signal: 'TRACES' | 'METRICS' | 'LOGS', problems: string[]) => {
  if (text(environment, 'OTEL_SDK_DISABLED')?.toLowerCase() === 'true') return null;
  if (!exporterWanted(environment, signal, problems)) return null;
  const own = text(environment, `OTEL_EXPORTER_OTLP_${signal}_ENDPOINT`);
  if (own !== null) return usableUrl(`OTEL_EXPORTER_OTLP_${signal}_ENDPOINT`, own, problems);
  const base = text(environment, 'OTEL_EXPORTER_OTLP_ENDPOINT');
  if (base === null) return null;
  return usableUrl('OTEL_EXPORTER_OTLP_ENDPOINT', `${base.replace(/\/+$/, '')}/v1/${signal.toLowerCase()}`, problems);
};

const exporterWanted = (environment: TelemetryEnvironment, signal: string, problems: string[]) => {
  const name = `OTEL_${signal}_EXPORTER`;
  const wanted = text(environment, name) ?? 'otlp';
  if (wanted !== 'otlp' && wanted !== 'none')
    problems.push(`${name} is '${wanted}': only 'otlp' and 'none' are known here; nothing is exported.`);
  return wanted === 'otlp';
};

const usableUrl = (name: string, value: string, problems: string[]) => {
  const protocol = URL.parse(value)?.protocol;
  if (protocol === 'http:' || protocol === 'https:') return value;
  problems.push(`${name} gives '${value}', which is no http or https URL; nothing is exported there.`);
  return null;
};

const checkProtocol = (environment: TelemetryEnvironment, problems: string[]) => {
  for (const name of ['', '_TRACES', '_METRICS', '_LOGS'].map((part) => `OTEL_EXPORTER_OTLP${part}_PROTOCOL`)) {
    const protocol = text(environment, name);
    if (protocol !== null && protocol !== 'http/json') problems.push(`${name} is '${protocol}': this process speaks http/json alone.`);
  }
};

const positiveNumber = (environment: TelemetryEnvironment, name: string, fallback: number, problems: string[]) => {
  const value = text(environment, name);
  if (value === null) return fallback;
  if (/^\d{1,9}$/.test(value) && Number(value) > 0) return Number(value);
  problems.push(`${name} is '${value}', which is no whole number of milliseconds above 0; ${fallback} is used.`);
  return fallback;
};

/** `key=value,key=value`, percent-encoded. The specification: one bad member and the whole is discarded. */
const parseResourceAttributes = (value: string | null, problems: string[]): Record<string, string> => {
  if (value === null) return {};
  try {
    return Object.fromEntries(
      value
        .split(',')
        .filter((member) => member.trim() !== '')
        .map(parseMember),
    );
  } catch (error) {
    problems.push(`OTEL_RESOURCE_ATTRIBUTES is '${value}': ${messageOf(error)}; all of it is ignored.`);
    return {};
  }
};

const parseMember = (member: string): [string, string] => {
  const equals = member.indexOf('=');
  const key = member.slice(0, equals).trim();
  if (equals < 1 || key === '') throw new Error(`'${member}' is not key=value`);
  return [decodeURIComponent(key), decodeURIComponent(member.slice(equals + 1).trim())];
};
