// Structured logs: one JSON line on stdout, and the same record over OTLP where logs are exported. Never throws, never waits.
import {
  type Attributes,
  type HrTime,
  type Logger as OtelLogger,
  ROOT_CONTEXT,
  SeverityNumber,
  type SpanContext,
  trace,
} from '@opentelemetry/api';
import type { Clock } from './clock.ts';
import { isSampled } from './trace-context.ts';

/** What a record may carry beside its text. */
export type LogContext = {
  /** A stable name, `faultline.…`, for records that a program looks for. */
  readonly eventName?: string;
  /** The span that it belongs to. */
  readonly span?: SpanContext;
};

type Log = (body: string, attributes?: Attributes, context?: LogContext) => void;

export type Logger = { readonly debug: Log; readonly info: Log; readonly warn: Log; readonly error: Log; readonly fatal: Log };

const severities = {
  debug: { text: 'DEBUG', number: SeverityNumber.DEBUG },
  info: { text: 'INFO', number: SeverityNumber.INFO },
  warn: { text: 'WARN', number: SeverityNumber.WARN },
  error: { text: 'ERROR', number: SeverityNumber.ERROR },
  fatal: { text: 'FATAL', number: SeverityNumber.FATAL },
} as const;

type Severity = (typeof severities)[keyof typeof severities];

export type LoggerOptions = {
  /** Takes one line, with its line feed. */
  readonly write: (line: string) => void;
  readonly clock: Clock;
  /** null: stdout alone. */
  readonly otel: OtelLogger | null;
  readonly debug?: boolean;
};

export const createLogger = ({ write, clock, otel, debug = false }: LoggerOptions): Logger => {
  const timeOf = createLogTime();
  const log =
    (severity: Severity): Log =>
    (body, attributes = {}, context = {}) => {
      const timeMs = clock.nowMs();
      write(formatLine(timeMs, severity, body, attributes, context));
      otel?.emit(otelRecord(timeOf(timeMs), severity, body, attributes, context));
    };
  return {
    debug: debug ? log(severities.debug) : () => {},
    info: log(severities.info),
    warn: log(severities.warn),
    error: log(severities.error),
    fatal: log(severities.fatal),
  };
};

const formatLine = (timeMs: number, severity: Severity, body: string, attributes: Attributes, { eventName, span }: LogContext) =>
  `${JSON.stringify({
    time: new Date(timeMs).toISOString(),
    severity_text: severity.text,
    severity_number: severity.number,
    body,
    ...(eventName !== undefined && { event_name: eventName }),
    attributes,
    ...(span !== undefined && isSampled(span) && { trace_id: span.traceId, span_id: span.spanId }),
  })}\n`;

/**
 * Nanoseconds count the records of one millisecond: Loki takes two with the same time and text for one that was sent twice, whatever else they carry, and puts
 * lines in the order of their times.
 */
const createLogTime = () => {
  let [lastMs, within] = [Number.NaN, 0];
  return (timeMs: number): HrTime => {
    within = timeMs === lastMs ? Math.min(within + 1, 999_999) : 0;
    lastMs = timeMs;
    const wholeMs = Math.floor(timeMs);
    return [Math.floor(wholeMs / 1_000), (wholeMs % 1_000) * 1_000_000 + within];
  };
};

const otelRecord = (timestamp: HrTime, severity: Severity, body: string, attributes: Attributes, { eventName, span }: LogContext) => ({
  timestamp,
  severityNumber: severity.number,
  severityText: severity.text,
  body,
  attributes,
  ...(eventName !== undefined && { eventName }),
  context: span === undefined ? ROOT_CONTEXT : trace.setSpanContext(ROOT_CONTEXT, span),
});
