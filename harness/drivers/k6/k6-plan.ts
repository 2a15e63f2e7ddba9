// What k6 is to send, as the generated script reads it.

export type K6Stage = { readonly name: string; readonly seconds: number; readonly fromPerSecond: number; readonly toPerSecond: number };

export type K6Request = { readonly path: string; readonly headers: Readonly<Record<string, string>>; readonly body: string | null };

export type K6Plan = {
  readonly stages: readonly K6Stage[];
  readonly method: string;
  readonly origin: string;
  /** The n-th iteration sends the n-th; a single one is sent every time. */
  readonly requests: readonly K6Request[];
  readonly timeoutMs: number;
  /** Virtual users: one request at a time each. Those that k6 has ahead, and the most that it may make. */
  readonly usersAhead: number;
  readonly usersMost: number;
};
