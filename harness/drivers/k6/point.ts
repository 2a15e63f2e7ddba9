// One sample in k6's JSON output: https://grafana.com/docs/k6/latest/results-output/real-time/json/

export type Point = {
  readonly type: string;
  readonly metric: string;
  readonly data: {
    readonly time: string;
    readonly value: number;
    readonly tags?: Readonly<Record<string, string>>;
    readonly metadata?: Readonly<Record<string, string>>;
  };
};

/** Null where it is not a sample of one of these metrics. Most lines are not, and are not worth reading. */
export const readPoint = (line: string, metrics: readonly string[]): Point | null => {
  if (!metrics.some((metric) => line.includes(`"metric":"${metric}"`))) return null;
  const point = JSON.parse(line) as Point;
  return point.type === 'Point' ? point : null;
};

/** Null: no answer, which k6 says with 0. */
export const statusOf = (text: string | undefined): number | null => (Number(text ?? 0) > 0 ? Number(text) : null);
