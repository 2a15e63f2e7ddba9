// A request that is not OTLP: the whole of it is refused with 400, and says which place is wrong.

export class OtlpDecodeError extends Error {
  /** Where, in the names of OTLP/JSON: `resourceSpans[0].scopeSpans[1].spans[3].traceId`. Empty: the body as a whole. */
  readonly path: string;

  constructor(path: string, message: string, options?: ErrorOptions) {
    super(path === '' ? message : `${path}: ${message}`, options);
    this.name = 'OtlpDecodeError';
    this.path = path;
  }
}
