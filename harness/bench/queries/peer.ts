// One of the two servers that are compared: where it takes samples, where it is asked, and which process it is.

export type Peer = {
  readonly name: string;
  /** Where metrics are sent by OTLP. */
  readonly otlp: string;
  /** Base URL of Prometheus' API. */
  readonly api: string;
  readonly pid: number;
};
