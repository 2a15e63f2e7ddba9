// What state the system has, in a line for people: asked of the query API, as any client would.
import { Agent, fetch } from 'undici';
import type { TlsFiles } from '../../contract/tls-files.ts';

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

/** It is the certificate that we gave it, whatever its name and whoever signed it; that is all there is to check. */
const trustOurOwn = ({ cert }: TlsFiles): Agent =>
  new Agent({ connect: { ca: cert, allowPartialTrustChain: true, checkServerIdentity: () => undefined } });

export type FoundState = { readonly words: string; readonly isKeyNeeded: boolean };

export const readState = async (queryUrl: string, tls: TlsFiles | null, signal: AbortSignal): Promise<FoundState> => {
  const found = (words: string, isKeyNeeded = false): FoundState => ({ words, isKeyNeeded });
  const dispatcher = tls === null ? new Agent() : trustOurOwn(tls);
  try {
    const response = await fetch(`${queryUrl}/status`, {
      signal: AbortSignal.any([signal, AbortSignal.timeout(10_000)]),
      dispatcher,
    });
    if (response.status === 401) return found('asked for with an API key: npm run ops -- keys list shows which there are', true);
    if (!response.ok) return found(`unknown (GET /status answered ${response.status})`);
    return found(describeState((await response.json()) as Status));
  } catch (error) {
    return found(`unknown (${(error as Error).message})`);
  } finally {
    await dispatcher.close();
  }
};
