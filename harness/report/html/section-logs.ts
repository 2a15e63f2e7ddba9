// What the log of the run says at level ERROR: how many records, and the question that finds them. They prove nothing, and are where to look first.
import type { RunData, SignalsRecord } from '../../engine/run-data.ts';
import { count } from '../console/numbers.ts';
import { html, type Markup } from './markup.ts';

type Asked = SignalsRecord['logs'][number];

/** As many as were asked for: there may be more. */
const mostLines = 5_000;

const words = ({ lines, error }: Asked): string => {
  if (error !== undefined) return `The log could not be asked for its errors: ${error}`;
  const number = lines === 0 ? 'no' : `${lines >= mostLines ? 'at least ' : ''}${count(lines)}`;
  return `The log of the run has ${number} ${lines <= 1 ? 'record' : 'records'} at level ERROR.`;
};

export const logsSection = ({ signals }: RunData): Markup | null => {
  const asked = signals?.logs.find(({ level }) => level === 'error');
  if (asked === undefined) return null;
  return html`<p>${words(asked)}</p>
    <details>
      <summary>query</summary>
      <code class="query">${asked.query}</code>
    </details>`;
};
