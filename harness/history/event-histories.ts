// Everything that clients were told of each event, over all its deliveries.
import { Chains } from './columns/chains.ts';
import { Numbering } from './columns/numbering.ts';
import { release } from './columns/release.ts';
import { Views } from './columns/row-list.ts';
import type { Table } from './columns/table.ts';
import type { Operation, OperationOutcome } from './operation.ts';

export type EventHistory = {
  readonly event: number;
  readonly first: Operation;
  /** Made when it is asked for. */
  readonly operations: readonly Operation[];
  /** ok if any attempt was, else unknown if any was, else failed. */
  readonly outcome: OperationOutcome;
};

/** In the order in which their first deliveries stand in the history. */
export type EventHistories = Views<EventHistory>;

export const eventHistories = (operations: Table<Operation>): EventHistories => {
  const events = new Numbering(operations.length);
  const eventOf = numbersOf(operations, events);
  const deliveries = new Chains(events.size, operations.length, (row) => eventOf[row] as number);
  const strongest = outcomesOf(operations, eventOf, events.size);
  const firsts = firstsOf(operations, eventOf, deliveries, events.size);
  release(eventOf);
  events.release();
  return new Histories(operations, deliveries, strongest, firsts);
};

/** Of each operation the number of its event, in the order of appearance. One that names none is of the event -1. */
const numbersOf = (operations: Table<Operation>, events: Numbering): Int32Array => {
  const column = operations.column('event');
  const numbers = new Int32Array(operations.length);
  for (let row = 0; row < operations.length; row += 1) {
    const event = column.numberAt(row);
    numbers[row] = events.of(Number.isNaN(event) ? -1 : event);
  }
  return numbers;
};

/** From weak to strong: of an event the strongest of its deliveries counts. */
const outcomes = ['failed', 'unknown', 'ok'] as const satisfies readonly OperationOutcome[];

const outcomesOf = (operations: Table<Operation>, eventOf: Int32Array, events: number): Uint8Array => {
  const column = operations.column('outcome');
  const codes = outcomes.map((outcome) => operations.dictionaries.of('outcome').find(outcome));
  const strongest = new Uint8Array(events);
  for (let row = 0; row < operations.length; row += 1) {
    const event = eventOf[row] as number;
    const strength = codes.indexOf(column.numberAt(row));
    if (strength > (strongest[event] as number)) strongest[event] = strength;
  }
  return strongest;
};

/** The first delivery of each event, though a duplicate may stand before it. */
const firstsOf = (operations: Table<Operation>, eventOf: Int32Array, deliveries: Chains, events: number): Int32Array => {
  const column = operations.column('delivery');
  const isFirst = operations.dictionaries.of('delivery').find('first');
  const firsts = new Int32Array(events).fill(-1);
  for (let row = 0; row < operations.length; row += 1) {
    const event = eventOf[row] as number;
    if (firsts[event] === -1 && column.numberAt(row) === isFirst) firsts[event] = row;
  }
  for (let event = 0; event < events; event += 1) if (firsts[event] === -1) firsts[event] = deliveries.first(event);
  return firsts;
};

// Classes, for a view is made for each event that is looked at.
class Histories extends Views<EventHistory> {
  readonly length: number;
  readonly operations: Table<Operation>;
  readonly deliveries: Chains;
  readonly outcomes: Uint8Array;
  readonly firsts: Int32Array;

  constructor(operations: Table<Operation>, deliveries: Chains, strongest: Uint8Array, firsts: Int32Array) {
    super();
    this.length = firsts.length;
    this.operations = operations;
    this.deliveries = deliveries;
    this.outcomes = strongest;
    this.firsts = firsts;
  }

  at(place: number): EventHistory {
    return new EventView(this, place);
  }
}

class EventView implements EventHistory {
  readonly #all: Histories;
  readonly place: number;

  constructor(all: Histories, place: number) {
    this.#all = all;
    this.place = place;
  }

  get event(): number {
    return this.first.event;
  }

  get first(): Operation {
    return this.#all.operations.at(this.#all.firsts[this.place] as number);
  }

  get operations(): readonly Operation[] {
    const { operations, deliveries } = this.#all;
    const rows: Operation[] = [];
    for (let row = deliveries.first(this.place); row !== -1; row = deliveries.next(row)) rows.push(operations.at(row));
    return rows;
  }

  get outcome(): OperationOutcome {
    return outcomes[this.#all.outcomes[this.place] as number] as OperationOutcome;
  }
}
