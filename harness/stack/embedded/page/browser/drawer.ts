// What each type of panel is: something that draws what was found, again and again, and keeps what the reader opened or sorted.
import type { AnnotationEvent } from '../../../../dashboards/frames/annotation-events.ts';
import type { Frames } from '../../../../dashboards/frames/frame.ts';
import type { Scope } from '../../../../dashboards/interpolation/interpolate.ts';
import type { Panel, PanelView } from '../../../../dashboards/panel.ts';
import type { TimeRange } from '../logic/url-state.ts';

export type PanelOf<Type extends PanelView['type']> = Panel & { readonly view: Extract<PanelView, { type: Type }> };

export type Drawing = {
  readonly frames: Frames;
  readonly range: TimeRange;
  readonly stepMs: number;
  readonly scope: Scope;
  readonly annotations: readonly AnnotationEvent[];
};

export type DrawerOptions = {
  readonly body: HTMLElement;
  readonly utc: boolean;
  readonly onZoom: (range: TimeRange) => void;
};

export type Drawer = {
  draw(drawing: Drawing): void;
  destroy(): void;
};
