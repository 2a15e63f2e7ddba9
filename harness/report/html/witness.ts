// A witness in report.html: the operations as a table, then rows, log lines and traces, each with the command that opens it.
import type { ShownOperation, ShownTrace, Witness } from '../../checkers/witness.ts';
import { logText, rowText } from '../describe-witness.ts';
import { html, type Markup } from './markup.ts';

export const witnessOf = (witness: Witness): Markup | null => {
  const { operations, rows, logs, traces, facts, left } = witness;
  if (operations.length + rows.length + logs.length + traces.length === 0 && facts === undefined) return null;
  return html`<details>
    <summary>witness</summary>
    ${operations.length === 0 ? null : operationsTable(operations)} ${more(left?.operations, 'operations')}
    ${rows.map((row) => html`<pre>${rowText(row)}</pre>`)} ${more(left?.rows, 'rows')}
    ${logs.map((log) => html`<pre>${logText(log)}</pre>`)} ${traces.map(traceOf)}
    ${facts === undefined ? null : html`<pre>${JSON.stringify(facts, null, 2)}</pre>`}
  </details>`;
};

const more = (left: number | undefined, what: string): Markup | null =>
  left === undefined ? null : html`<p class="hint">… and ${left} more ${what}</p>`;

const operationsTable = (operations: readonly ShownOperation[]): Markup =>
  html`<div class="scroll">
    <table>
      <thead>
        <tr>
          <th scope="col">Operation</th>
          <th scope="col">Event</th>
          <th scope="col">Key</th>
          <th scope="col" class="number">Handed over</th>
          <th scope="col" class="number">Done</th>
          <th scope="col">Outcome</th>
          <th scope="col">Answer</th>
        </tr>
      </thead>
      <tbody>
        ${operations.map(rowOf)}
      </tbody>
    </table>
  </div>`;

const rowOf = ({
  op,
  event,
  delivery,
  systemName,
  objectId,
  sequence,
  handedAt,
  doneAt,
  outcome,
  status,
  code,
  id,
}: ShownOperation): Markup =>
  html`<tr>
    <th scope="row">${op} (${delivery})</th>
    <td>${event}${sequence === null ? null : html`, number ${sequence}`}</td>
    <td><code>${systemName}/${objectId}</code></td>
    <td class="number">${handedAt.toFixed(1)} ms</td>
    <td class="number">${doneAt.toFixed(1)} ms</td>
    <td>${outcome}</td>
    <td>${[status, code, id === null ? null : `id ${id}`].filter((part) => part !== null).join(', ') || 'none'}</td>
  </tr>`;

const traceOf = ({ traceId, spans, open }: ShownTrace): Markup =>
  html`<p>
    trace <code>${traceId}</code>${spans.length === 0 ? null : html`: ${spans.join(' › ')}`}
    ${open === undefined ? null : html`<br /><code>${open}</code>`}
  </p>`;
