// Of a run whose events all went by UDP nobody was given an answer or a trace: what rests on those alone is not asked.
import type { RunData } from '../engine/run-data.ts';
import { countRows } from '../history/columns/row-list.ts';
import type { Check } from './check.ts';

export const unlessByDatagram =
  (check: Check): Check =>
  (run, parameters) =>
    isAllByDatagram(run) ? [] : check(run, parameters);

const isAllByDatagram = ({ operations }: RunData): boolean =>
  operations.length > 0 && countRows(operations, ({ datagram }) => datagram === undefined) === 0;
