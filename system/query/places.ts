// How many may wait, stream, export or bring lines at a time: memory is bounded by that number times one buffer. Once there are tenants to share with, none takes
// more than its part: with n tenants in it one of n + 1, so that another finds a place however many one has taken.
import { createFairRoom } from '../ingest/tenants/fair-room.ts';
import type { RequestProblem } from './request-problem.ts';

export type Places = {
  /** Throws what a request without a place is answered with. Disposing gives it back, once. */
  take(tenant: string): Disposable;
};

export type PlacesOptions = {
  readonly most: number;
  /** Whether there are tenants to share with. As long as there are none, the one has all. */
  readonly isShared: () => boolean;
  readonly full: () => RequestProblem;
};

export const createPlaces = ({ most, isShared, full }: PlacesOptions): Places => {
  const room = createFairRoom({ limitBytes: most, isShared });
  return {
    take: (tenant) => {
      if (!room.take(tenant, 1)) throw full();
      let isGivenBack = false;
      return {
        [Symbol.dispose]: () => {
          if (!isGivenBack) room.giveBack(tenant, 1);
          isGivenBack = true;
        },
      };
    },
  };
};
