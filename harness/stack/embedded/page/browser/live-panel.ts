// A panel that asks when it is looked at: off the screen nothing is sent; what is superseded is aborted.
import type { AnnotationEvent } from '../../../../dashboards/frames/annotation-events.ts';
import type { BuiltInTimes } from '../../../../dashboards/interpolation/built-ins.ts';
import type { Scope } from '../../../../dashboards/interpolation/interpolate.ts';
import type { Panel } from '../../../../dashboards/panel.ts';
import type { TimeRange } from '../logic/url-state.ts';
import { wasAborted } from './ask.ts';
import { createDrawer } from './drawers.ts';
import { createPanelBox } from './panel-box.ts';
import { askTargets } from './query-panel.ts';

/** One refresh of a dashboard: the same range and variables for all panels. */
export type Round = {
  readonly range: TimeRange;
  readonly scopeAt: (times: BuiltInTimes) => Scope;
  readonly annotationsFor: (panel: Panel) => readonly AnnotationEvent[];
  /** By the clock, not by the reader: it supersedes nothing, or a slow panel would never be answered. */
  readonly isAutomatic: boolean;
};

export type LivePanel = {
  readonly root: HTMLElement;
  /** Asks now if it is on the screen, else when it comes there. */
  refresh(round: Round): void;
  setVisible(isVisible: boolean): void;
  destroy(): void;
};

export type LivePanelOptions = { readonly utc: boolean; readonly onZoom: (range: TimeRange) => void };

const timesOf = ({ range }: Round): BuiltInTimes => ({ ...range, stepMs: 1_000, scrapeMs: 1_000 });

export const createLivePanel = (panel: Panel, options: LivePanelOptions): LivePanel => {
  const box = createPanelBox(panel);
  const drawer = createDrawer(panel, { body: box.body, ...options });
  let visible = false;
  let due: Round | undefined;
  let asking: AbortController | undefined;

  const show = async (round: Round, signal: AbortSignal): Promise<void> => {
    const points = Math.min(Math.max(panel.maxDataPoints ?? box.body.clientWidth, 50), 2_000);
    const found = await askTargets({
      targets: panel.targets,
      range: round.range,
      points,
      interval: panel.interval,
      scopeAt: round.scopeAt,
      signal,
    });
    if (signal.aborted) return;
    box.errors(found.errors);
    drawer.draw({ ...found, range: round.range, scope: round.scopeAt(timesOf(round)), annotations: round.annotationsFor(panel) });
  };

  const askNow = async (round: Round): Promise<void> => {
    asking?.abort();
    const mine = (asking = new AbortController());
    due = undefined;
    box.busy(true);
    try {
      box.fill(round.scopeAt(timesOf(round)));
      await show(round, mine.signal);
    } catch (error) {
      if (!wasAborted(error)) box.errors([(error as Error).message]);
    } finally {
      if (asking === mine) {
        asking = undefined;
        box.busy(false);
        if (due !== undefined && visible) void askNow(due);
      }
    }
  };

  return {
    root: box.root,
    refresh: (round) => {
      due = round;
      if (visible && !(round.isAutomatic && asking !== undefined)) void askNow(round);
    },
    setVisible: (isVisible) => {
      visible = isVisible;
      if (isVisible && due !== undefined && asking === undefined) void askNow(due);
    },
    destroy: () => {
      asking?.abort();
      drawer.destroy();
    },
  };
};
