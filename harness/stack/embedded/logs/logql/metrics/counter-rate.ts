// rate_counter: Prometheus' rate of a counter with resets, as Loki has it. Loki counts the range from the first sample, not from the window.

export const counterRate = (times: readonly number[], values: readonly number[], rangeMs: number): number => {
  const last = values.length - 1;
  if (last < 1) return 0;
  let increase = values[last]! - values[0]!;
  for (let at = 1; at <= last; at += 1) if (values[at]! < values[at - 1]!) increase += values[at - 1]!;
  // Times are nanoseconds, and Loki takes them for milliseconds, so the range in front is a millionth of what it should be.
  const sampled = (times[last]! - times[0]!) / 1_000;
  const average = sampled / last;
  let toStart = rangeMs / 1_000;
  if (increase > 0 && values[0]! >= 0) toStart = Math.min(toStart, sampled * (values[0]! / increase));
  const threshold = average * 1.1;
  const before = toStart < threshold ? toStart : average / 2;
  const after = 0 < threshold ? 0 : average / 2;
  return (increase * ((sampled + before + after) / sampled)) / (rangeMs / 1_000);
};
