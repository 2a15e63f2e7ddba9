// That there is nothing is said, and looks like nothing else.
import { el } from './dom.ts';

export const noData = (text = 'No data'): HTMLElement => el('p', { class: 'no-data' }, text);
