// Answers of the backends as they come: anything. What has not the expected shape is said, and never taken for an empty answer.

export type Json = Readonly<Record<string, unknown>>;

export const record = (value: unknown): Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Json) : {};
export const list = (value: unknown): readonly unknown[] => (Array.isArray(value) ? (value as readonly unknown[]) : []);
export const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');

export const labelsOf = (value: unknown): Readonly<Record<string, string>> =>
  Object.fromEntries(Object.entries(record(value)).map(([name, label]) => [name, String(label)]));

/** Prometheus and Loki write numbers as text, with +Inf, -Inf and NaN. */
export const numberOf = (value: unknown): number => {
  if (value === '+Inf' || value === 'Inf') return Infinity;
  return value === '-Inf' ? -Infinity : Number(value);
};

/** `data` of {"status": "success", "data": …}. Throws where the answer is no success. */
export const successData = (answer: unknown): Json => {
  const { status, data, error } = record(answer);
  if (status !== 'success')
    throw new Error(typeof error === 'string' ? error : `an answer that is none: ${JSON.stringify(answer)?.slice(0, 200)}`);
  return record(data);
};
