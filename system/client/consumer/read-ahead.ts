// Reads a page of each lane ahead, by long poll, so many at a time.
import type { Timing } from '../timing.ts';
import type { ConsumerApi } from './consumer-api.ts';
import { ConsumerError } from './consumer-error.ts';
import { type ConsumerState, retryAfterOf } from './consumer-state.ts';
import type { HeldLane } from './held-lanes.ts';

const mostReads = 16;
const waitMs = 20_000;
/** With more lanes than reads they take turns. */
const turnMs = 500;

/** Call it whenever a lane may have nothing left to hand out. */
export const createReadAhead = (
  state: ConsumerState,
  api: ConsumerApi,
  timing: Pick<Timing, 'nowMs'>,
  onGone: 'throw' | 'skip',
): (() => void) => {
  const { held, reads: backOff } = state;
  let reads = 0;

  const pump = (): void => {
    // Those that failed wait for it, and look again.
    if (timing.nowMs() < backOff.untilMs) return;
    for (const lane of held.toRead()) {
      if (reads >= mostReads || state.isOver) return;
      reads += 1;
      const reading = held.beginRead(lane);
      void readOne(lane, reading.signal).finally(() => {
        reads -= 1;
        held.endRead(lane, reading);
        pump();
      });
    }
  };

  const readOne = async (lane: HeldLane, dropped: AbortSignal): Promise<void> => {
    const after = lane.read;
    const sentAtMs = timing.nowMs();
    try {
      const wait = held.lanes > mostReads ? turnMs : waitMs;
      const page = await api.read(lane.lane, after, wait, AbortSignal.any([state.signal, dropped]));
      backOff.succeeded();
      held.put(lane, after, page);
      if (page.events.length > 0) state.wake();
    } catch (error) {
      if (dropped.aborted) return;
      const lowWater = onGone === 'skip' ? lowWaterOf(error) : null;
      if (lowWater !== null && lowWater > after) return void (state.counts.skipped += held.skipTo(lane, after, lowWater));
      state.note(error);
      backOff.failed(sentAtMs, timing.nowMs(), retryAfterOf(error));
      // Again, as another lane may have moved it on, and a timer may be early by a part of a millisecond.
      while (timing.nowMs() < backOff.untilMs && !state.isOver) await state.sleep(backOff.untilMs - timing.nowMs());
    }
  };

  return pump;
};

/** null: it is another failure, or does not say up to where the log is gone. */
const lowWaterOf = (error: unknown): number | null => {
  if (!(error instanceof ConsumerError) || error.code !== 'position_gone') return null;
  const lowWater = error.details[0]?.['low_water'];
  return typeof lowWater === 'number' ? lowWater : null;
};
