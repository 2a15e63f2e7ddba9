// Reads a page of each lane ahead, by long poll, so many at a time.
import type { ConsumerApi } from './consumer-api.ts';
import { ConsumerError } from './consumer-error.ts';
import type { ConsumerState } from './consumer-state.ts';
import type { HeldLane } from './held-lanes.ts';

const mostReads = 16;
const waitMs = 20_000;
/** With more lanes than reads they take turns. */
const turnMs = 500;

/** Call it whenever a lane may have nothing left to hand out. */
export const createReadAhead = (state: ConsumerState, api: ConsumerApi, onGone: 'throw' | 'skip'): (() => void) => {
  const { held } = state;
  let reads = 0;

  const pump = (): void => {
    for (const lane of held.toRead()) {
      if (reads >= mostReads || state.isOver) return;
      reads += 1;
      lane.isReading = true;
      void readOne(lane).finally(() => {
        reads -= 1;
        lane.isReading = false;
        pump();
      });
    }
  };

  const readOne = async (lane: HeldLane): Promise<void> => {
    try {
      const page = await api.read(lane.lane, lane.read, held.lanes > mostReads ? turnMs : waitMs, state.signal);
      held.put(lane, page);
      if (page.events.length > 0) state.wake();
    } catch (error) {
      if (error instanceof ConsumerError && error.code === 'position_gone' && onGone === 'skip') return skip(lane, error);
      state.note(error);
      await state.backOff(3);
    }
  };

  const skip = (lane: HeldLane, { details }: ConsumerError): void => {
    const lowWater = Number(details[0]?.['low_water'] ?? lane.read);
    state.counts.skipped += lowWater - lane.read;
    held.skipTo(lane, lowWater);
  };

  return pump;
};
