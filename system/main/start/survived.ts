// What state the system has, in a line for people: asked of the query API, as any client would.

type Status = {
  readonly stream: { readonly appended: number };
  readonly processors: readonly { readonly lag: number }[];
  readonly dead_letters: number;
  readonly parked_keys: number;
};

const counted = (count: number, one: string, many = `${one}s`): string => `${count.toLocaleString('en-US')} ${count === 1 ? one : many}`;

export const describeState = ({ stream, processors, dead_letters: deadLetters, parked_keys: parkedKeys }: Status): string => {
  if (stream.appended === 0) return 'empty: no event yet';
  const lag = Math.max(0, ...processors.map((processor) => processor.lag));
  return [
    counted(stream.appended, 'event'),
    lag === 0 ? 'all processed' : `${lag.toLocaleString('en-US')} still to process`,
    counted(deadLetters, 'dead letter'),
    counted(parkedKeys, 'parked key'),
  ].join(', ');
};

export const readState = async (queryUrl: string, signal: AbortSignal): Promise<string> => {
  try {
    const response = await fetch(`${queryUrl}/status`, { signal: AbortSignal.any([signal, AbortSignal.timeout(10_000)]) });
    if (!response.ok) return `unknown (GET /status answered ${response.status})`;
    return describeState((await response.json()) as Status);
  } catch (error) {
    return `unknown (${(error as Error).message})`;
  }
};
