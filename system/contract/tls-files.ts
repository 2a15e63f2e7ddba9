// What a server needs to speak TLS: the contents of two PEM files, already checked.
export type TlsFiles = {
  /** The certificate first, then those between it and its root. */
  readonly cert: Buffer;
  readonly key: Buffer;
};
