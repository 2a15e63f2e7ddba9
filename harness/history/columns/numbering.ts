// Numbers the different values of a column 0, 1, 2 … in the order of their first appearance: what a Map from value to place is, in two arrays.

import { release } from './release.ts';

const firstSlots = 64;

export class Numbering {
  size = 0;
  #values = new Float64Array(firstSlots / 2);
  /** Open addressing: number + 1, 0 where free. */
  #slots = new Int32Array(firstSlots);

  /** `expected`: how many different values there may be, so that room need not be made in steps. */
  constructor(expected = 0) {
    while (this.#slots.length * 3 < expected * 4) this.#slots = new Int32Array(this.#slots.length * 2);
    this.#values = new Float64Array(Math.max(firstSlots / 2, expected));
  }

  /** The number of the value; the next one where it is new. */
  of(value: number): number {
    const slot = this.#slotOf(value);
    const known = (this.#slots[slot] as number) - 1;
    if (known !== -1) return known;
    if (this.size === this.#values.length) this.#values = new Float64Array(this.#values.buffer.transfer(this.#values.byteLength * 2));
    this.#values[this.size] = value;
    this.size += 1;
    this.#slots[slot] = this.size;
    if (this.size * 4 > this.#slots.length * 3) this.#grow();
    return this.size - 1;
  }

  /** The number of the value, or -1 where it has none. */
  find(value: number): number {
    return (this.#slots[this.#slotOf(value)] as number) - 1;
  }

  release(): void {
    release(this.#values);
    release(this.#slots);
  }

  valueOf(number: number): number {
    return this.#values[number] as number;
  }

  #slotOf(value: number): number {
    const slots = this.#slots;
    const values = this.#values;
    const mask = slots.length - 1;
    for (let slot = hashOf(value) & mask; ; slot = (slot + 1) & mask) {
      const number = (slots[slot] as number) - 1;
      if (number === -1 || values[number] === value) return slot;
    }
  }

  #grow(): void {
    this.#slots = new Int32Array(this.#slots.length * 2);
    for (let number = 0; number < this.size; number += 1) this.#slots[this.#slotOf(this.#values[number] as number)] = number + 1;
  }
}

/** Sixteen neighbours stay neighbours, for ids come in rows; beyond that multiplying spreads them (Knuth's constant), whatever their stride. */
const hashOf = (value: number): number => {
  const whole = value ^ Math.floor(value / 0x1_0000_0000);
  const spread = Math.imul(whole >>> 4, 0x9e3779b1);
  return ((spread ^ (spread >>> 15)) << 4) | (whole & 15);
};
