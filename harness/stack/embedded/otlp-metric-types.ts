// OTLP metrics as decoded from JSON or protobuf: the shape of ExportMetricsServiceRequest in OTLP/JSON.
// Source: https://github.com/open-telemetry/opentelemetry-proto/blob/v1.7.0/opentelemetry/proto/metrics/v1/metrics.proto

/** A 64-bit integer: JSON has it as text, protobuf decoders as number or bigint. */
export type OtlpInteger = number | string | bigint;

/** A double; JSON writes NaN, Infinity and -Infinity as text. */
export type OtlpDouble = number | string;

export type OtlpValue = {
  readonly stringValue?: string | null;
  readonly boolValue?: boolean | null;
  readonly intValue?: OtlpInteger | null;
  readonly doubleValue?: OtlpDouble | null;
  readonly arrayValue?: { readonly values?: readonly OtlpValue[] | null } | null;
  readonly kvlistValue?: { readonly values?: readonly OtlpAttribute[] | null } | null;
  /** Base64 in JSON, bytes in protobuf. */
  readonly bytesValue?: string | Uint8Array | null;
};

export type OtlpAttribute = { readonly key: string; readonly value?: OtlpValue | null };

type OtlpPoint = {
  readonly attributes?: readonly OtlpAttribute[] | null;
  readonly startTimeUnixNano?: OtlpInteger | null;
  readonly timeUnixNano?: OtlpInteger | null;
  /** Bit 1: no recorded value, the series ends here. */
  readonly flags?: number | null;
};

export type OtlpNumberPoint = OtlpPoint & { readonly asDouble?: OtlpDouble | null; readonly asInt?: OtlpInteger | null };

export type OtlpHistogramPoint = OtlpPoint & {
  readonly count?: OtlpInteger | null;
  readonly sum?: OtlpDouble | null;
  readonly bucketCounts?: readonly OtlpInteger[] | null;
  readonly explicitBounds?: readonly OtlpDouble[] | null;
};

export type OtlpSummaryPoint = OtlpPoint & {
  readonly count?: OtlpInteger | null;
  readonly sum?: OtlpDouble | null;
  readonly quantileValues?: readonly { readonly quantile?: OtlpDouble | null; readonly value?: OtlpDouble | null }[] | null;
};

/** 1 delta, 2 cumulative; JSON may have the enum's name. */
export type OtlpTemporality = number | string;

export type OtlpMetric = {
  readonly name?: string | null;
  readonly description?: string | null;
  readonly unit?: string | null;
  readonly gauge?: { readonly dataPoints?: readonly OtlpNumberPoint[] | null } | null;
  readonly sum?: {
    readonly dataPoints?: readonly OtlpNumberPoint[] | null;
    readonly aggregationTemporality?: OtlpTemporality | null;
    readonly isMonotonic?: boolean | null;
  } | null;
  readonly histogram?: {
    readonly dataPoints?: readonly OtlpHistogramPoint[] | null;
    readonly aggregationTemporality?: OtlpTemporality | null;
  } | null;
  readonly exponentialHistogram?: { readonly dataPoints?: readonly unknown[] | null } | null;
  readonly summary?: { readonly dataPoints?: readonly OtlpSummaryPoint[] | null } | null;
};

/** Absent, null and empty are the same everywhere. */
export type DecodedResourceMetrics = {
  readonly resource?: { readonly attributes?: readonly OtlpAttribute[] | null } | null;
  readonly scopeMetrics?:
    | readonly {
        readonly scope?: { readonly name?: string | null; readonly version?: string | null } | null;
        readonly metrics?: readonly OtlpMetric[] | null;
      }[]
    | null;
};
