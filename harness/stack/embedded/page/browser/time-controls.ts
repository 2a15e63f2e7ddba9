// Time range and refresh: the last so many minutes, or from and to; earlier, later, wider.
import type { TimeRange, ViewState } from '../logic/url-state.ts';
import { el } from './dom.ts';

export type TimeControlsOptions = {
  readonly state: ViewState;
  readonly range: TimeRange;
  readonly refreshChoices: readonly string[];
  readonly onTime: (from: string, to: string) => void;
  readonly onRefresh: (refresh: string) => void;
  readonly onNow: () => void;
};

const lastMinutes = [5, 15, 30, 60];
const absolute = 'absolute';

/** What `datetime-local` takes: local time, without a zone. */
const localText = (epochMs: number): string => {
  const at = new Date(epochMs);
  return new Date(epochMs - at.getTimezoneOffset() * 60_000).toISOString().slice(0, 19);
};

const absoluteFields = ({ range, onTime }: TimeControlsOptions): HTMLElement => {
  const [from, to] = [range.fromMs, range.toMs].map((at) => el('input', { type: 'datetime-local', step: 1, value: localText(at) }));
  if (from === undefined || to === undefined) return el('span');
  from.setAttribute('aria-label', 'From');
  to.setAttribute('aria-label', 'To');
  const apply = (): void => {
    const [fromMs, toMs] = [Date.parse(from.value), Date.parse(to.value)];
    if (fromMs < toMs) onTime(String(fromMs), String(toMs));
  };
  for (const field of [from, to]) field.addEventListener('change', apply);
  return el('span', { class: 'absolute' }, from, ' – ', to);
};

const rangeList = (options: TimeControlsOptions): HTMLElement => {
  const { state, range, onTime } = options;
  const current = state.to === 'now' ? state.from : absolute;
  const values = [...new Set([...lastMinutes.map((minutes) => `now-${minutes}m`), ...(current === absolute ? [] : [current])])];
  const entries = [...values.map((value) => [value, `Last ${value.slice('now-'.length)}`] as const), [absolute, 'From – to'] as const].map(
    ([value, text]) => {
      const option = el('option', { value }, text);
      option.selected = value === current;
      return option;
    },
  );
  const select = el('select', { 'aria-label': 'Time range' }, ...entries);
  select.addEventListener('change', () =>
    select.value === absolute ? onTime(String(Math.round(range.fromMs)), String(Math.round(range.toMs))) : onTime(select.value, 'now'),
  );
  return select;
};

const button = (text: string, hint: string, onclick: () => void): HTMLElement =>
  el('button', { type: 'button', 'aria-label': hint, title: hint, onclick }, text);

const moves = ({ range: { fromMs, toMs }, onTime }: TimeControlsOptions): readonly HTMLElement[] => {
  const span = toMs - fromMs;
  const move = (from: number, to: number) => () => onTime(String(Math.round(from)), String(Math.round(to)));
  return [
    button('‹', 'Earlier', move(fromMs - span / 2, toMs - span / 2)),
    button('›', 'Later', move(fromMs + span / 2, toMs + span / 2)),
    button('−', 'Wider', move(fromMs - span / 2, toMs + span / 2)),
  ];
};

const refreshList = ({ state, refreshChoices, onRefresh }: TimeControlsOptions): HTMLElement => {
  const values = [...new Set(['', ...refreshChoices, state.refresh])];
  const entries = values.map((value) => {
    const option = el('option', { value }, value === '' ? 'Off' : value);
    option.selected = value === state.refresh;
    return option;
  });
  const select = el('select', { 'aria-label': 'Refresh every' }, ...entries);
  select.addEventListener('change', () => onRefresh(select.value));
  return select;
};

export const timeControls = (options: TimeControlsOptions): readonly HTMLElement[] => [
  el(
    'span',
    { class: 'control' },
    rangeList(options),
    options.state.to === 'now' ? el('span') : absoluteFields(options),
    ...moves(options),
  ),
  el('span', { class: 'control' }, button('↻', 'Refresh now', options.onNow), refreshList(options)),
];
