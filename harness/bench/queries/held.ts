// What the embedded store still has of what it was sent, by its own books.
import { request } from 'undici';
import type { LoadedStretch } from './load/protocol.ts';
import type { Peer } from './peer.ts';

export type Held = { readonly series: number; readonly samples: number; readonly sent: number; readonly storeBytes: number };

type Books = {
  readonly kept: {
    readonly metrics: { readonly series: number; readonly samples: number; readonly bytes: number; readonly appended: number };
  };
};

/** All that was sent was taken, or the loader would have failed; what was appended and is there no more was let go since. */
export const heldBy = async ({ api }: Peer, stretches: readonly LoadedStretch[]): Promise<Held> => {
  const books = (await (await request(`${api}/embedded/status`)).body.json()) as Books;
  const { series, samples, bytes, appended } = books.kept.metrics;
  const sent = stretches.reduce((sum, stretch) => sum + stretch.samples, 0);
  return { series, samples: sent - (appended - samples), sent, storeBytes: bytes };
};
