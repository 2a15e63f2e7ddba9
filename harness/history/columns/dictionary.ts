// Texts by number: each different text is kept once, as bytes behind those of all others, and a column of texts is a column of small numbers. A million strings
// would be a million objects.

/** The first texts are kept as strings too: names of systems and keys come again and again. */
const keptStrings = 1 << 14;

/** What stands before the bytes of a text: they are the text itself, or what it says in hexadecimal digits. Hashes are long, and so take half the room. */
const plain = 0;
const hexadecimal = 1;
const shortestHexadecimal = 32;

/** Of the 32 bits of a slot; the others are of the hash. */
const codeBits = 26;
const codeMask = 2 ** codeBits - 1;

// A class, for its methods run for each text of each row.
export class Dictionary {
  size = 0;
  #bytes = Buffer.from(new ArrayBuffer(1 << 12));
  /** Where the bytes of each code begin; they end where the next begin. Those of the next text to come begin at `#starts[size]`. */
  #starts = new Uint32Array(1 << 8);
  /** Open addressing: code + 1, 0 where free; above it some bits of the hash, so that most others are told without a look at their bytes. */
  #slots = new Uint32Array(1 << 9);
  /** The code that came last, and which came after each the last time: rows come in the same order again and again, so that one guess is often right. */
  #latest = -1;
  #after = new Int32Array(1 << 8);
  readonly #strings: string[] = [];
  /** Lone surrogates have no bytes. */
  readonly #odd = new Map<string, number>();
  readonly #oddTexts = new Map<number, string>();

  /** The text's code; a new one where it was not known. Codes are 0, 1, 2 … */
  codeOf(text: string): number {
    const end = this.#write(text);
    return end === -1 ? this.#oddCode(text) : this.#codeOfWritten(end);
  }

  /** The same, of a text that stands as valid UTF-8 in `source`. */
  codeOfBytes(source: Uint8Array, from: number, to: number): number {
    if (this.#latest !== -1 && this.#isText(this.#latest, source, from, to)) return this.#latest;
    const guess = this.#after[this.#latest];
    if (guess !== undefined && guess > 0 && this.#isText(guess, source, from, to)) return this.#note(guess);
    return this.#note(this.#codeOfWritten(this.#copy(source, from, to)));
  }

  /** The text's code, or -1 where it is not known. */
  find(text: string): number {
    this.#needSlots();
    const end = this.#write(text);
    return end === -1 ? (this.#odd.get(text) ?? -1) : this.#codeIn(this.#slotOf(this.#starts[this.size] as number, end, this.#hash(end)));
  }

  text(code: number): string {
    return this.#strings[code] ?? this.#oddTexts.get(code) ?? this.#decode(this.#starts[code] as number, this.#starts[code + 1] as number);
  }

  /** Gives back what was kept for more texts: they may still come, but each first one costs. */
  trim(): void {
    this.#bytes = Buffer.from(this.#bytes.buffer.transfer(this.#starts[this.size] as number));
    this.#starts = new Uint32Array(this.#starts.buffer.transfer((this.size + 1) * Uint32Array.BYTES_PER_ELEMENT));
    this.#after = new Int32Array();
    this.#latest = -1;
    this.#slots = new Uint32Array();
  }

  #decode(start: number, end: number): string {
    return this.#bytes.toString(this.#bytes[start] === hexadecimal ? 'hex' : 'utf8', start + 1, end);
  }

  /** Makes room for so many bytes of a text behind the last one. Returns where they go. */
  #room(length: number): number {
    const start = (this.#starts[this.size] as number) + 1;
    if (start + length > this.#bytes.length)
      this.#bytes = Buffer.from(this.#bytes.buffer.transfer(Math.max(start + length, this.#bytes.length * 2)));
    return start;
  }

  /** Writes the text behind the last one, where it stays if it is new. Returns its end; -1: it has no bytes. */
  #write(text: string): number {
    // Three bytes are the most that a UTF-16 unit becomes.
    const start = this.#room(text.length * 3);
    const bytes = this.#bytes;
    for (let place = 0; place < text.length; place += 1) {
      const unit = text.charCodeAt(place);
      if (unit > 127) return text.isWellFormed() ? this.#pack(start + bytes.write(text, start)) : -1;
      bytes[start + place] = unit;
    }
    return this.#pack(start + text.length);
  }

  /** Writes it likewise. */
  #copy(source: Uint8Array, from: number, to: number): number {
    const start = this.#room(to - from);
    const bytes = this.#bytes;
    if (isPackable(to - from) && packInto(bytes, start, source, from, to)) {
      bytes[start - 1] = hexadecimal;
      return start + (to - from) / 2;
    }
    bytes[start - 1] = plain;
    for (let place = from; place < to; place += 1) bytes[start + place - from] = source[place] as number;
    return start + to - from;
  }

  /** Marks what was written until there, with half the bytes where it is hexadecimal. Returns its end. */
  #pack(end: number): number {
    const start = (this.#starts[this.size] as number) + 1;
    const bytes = this.#bytes;
    const isPacked = isPackable(end - start) && packInto(bytes, start, bytes.subarray(start, end), 0, end - start);
    bytes[start - 1] = isPacked ? hexadecimal : plain;
    return isPacked ? start + (end - start) / 2 : end;
  }

  /** Whether the code's text is the one in `source`. */
  #isText(code: number, source: Uint8Array, from: number, to: number): boolean {
    const bytes = this.#bytes;
    const start = (this.#starts[code] as number) + 1;
    const length = (this.#starts[code + 1] as number) - start;
    if (bytes[start - 1] === plain) return length === to - from && isSame(bytes, start, source, from, to);
    return length * 2 === to - from && isPackedSame(bytes, start, source, from, to);
  }

  /** Notes that this code came after the latest. */
  #note(code: number): number {
    if (this.#latest !== -1) this.#after[this.#latest] = code;
    this.#latest = code;
    return code;
  }

  #codeOfWritten(end: number): number {
    this.#needSlots();
    const hash = this.#hash(end);
    const slot = this.#slotOf(this.#starts[this.size] as number, end, hash);
    const there = this.#codeIn(slot);
    return there === -1 ? this.#add(slot, end, hash) : there;
  }

  /** Of what was written behind the last text. */
  #hash(end: number): number {
    return hashOf(this.#bytes, this.#starts[this.size] as number, end);
  }

  #codeIn(slot: number): number {
    return ((this.#slots[slot] as number) & codeMask) - 1;
  }

  /** Where the bytes from `start` to `end` stand, or would stand. */
  #slotOf(start: number, end: number, hash: number): number {
    const bytes = this.#bytes;
    const slots = this.#slots;
    const starts = this.#starts;
    const mask = slots.length - 1;
    for (let slot = hash & mask; ; slot = (slot + 1) & mask) {
      const there = slots[slot] as number;
      if (there === 0) return slot;
      if (there >>> codeBits !== hash >>> codeBits) continue;
      const code = (there & codeMask) - 1;
      const from = starts[code] as number;
      if ((starts[code + 1] as number) - from === end - start && isSame(bytes, from, bytes, start, end)) return slot;
    }
  }

  #add(slot: number, end: number, hash: number): number {
    const code = this.size;
    this.#fill(slot, code, hash);
    this.#close(end);
    if (code < keptStrings) this.#strings[code] = this.#decode(this.#starts[code] as number, end);
    if (this.size * 4 > this.#slots.length * 3) this.#makeSlots(this.#slots.length * 2);
    return code;
  }

  #fill(slot: number, code: number, hash: number): void {
    if (code >= codeMask) throw new RangeError(`more than ${codeMask} different texts in one field can not be judged`);
    this.#slots[slot] = ((hash >>> codeBits) << codeBits) | (code + 1);
  }

  #oddCode(text: string): number {
    const known = this.#odd.get(text);
    if (known !== undefined) return known;
    const code = this.size;
    this.#odd.set(text, code);
    this.#oddTexts.set(code, text);
    this.#close(this.#starts[code] as number);
    return code;
  }

  /** Gives what was written until `end` the next code. */
  #close(end: number): void {
    if (this.size + 1 === this.#starts.length) {
      this.#starts = new Uint32Array(this.#starts.buffer.transfer(this.#starts.byteLength * 2));
      this.#after = new Int32Array(this.#after.buffer.transfer(this.#starts.byteLength));
    }
    this.size += 1;
    this.#starts[this.size] = end;
  }

  #needSlots(): void {
    if (this.#slots.length === 0) this.#makeSlots(slotsFor(this.size));
  }

  #makeSlots(slots: number): void {
    this.#slots = new Uint32Array(slots);
    for (let code = 0; code < this.size; code += 1) {
      if (this.#oddTexts.has(code)) continue;
      const [start, end] = [this.#starts[code] as number, this.#starts[code + 1] as number];
      const hash = hashOf(this.#bytes, start, end);
      this.#fill(this.#slotOf(start, end, hash), code, hash);
    }
  }
}

/** A power of two, of which at most three quarters are taken. */
const slotsFor = (texts: number): number => {
  let slots = 1 << 9;
  while (texts * 4 > slots * 3) slots *= 2;
  return slots;
};

/** The value of each lower-case hexadecimal digit, by its byte; -1 of all others. */
const digits = Int8Array.from({ length: 256 }, (_unused, byte) => '0123456789abcdef'.indexOf(String.fromCharCode(byte)));

/** FNV-1a. */
const hashOf = (bytes: Uint8Array, start: number, end: number): number => {
  let hash = 0x811c9dc5;
  for (let place = start; place < end; place += 1) hash = Math.imul(hash ^ (bytes[place] as number), 0x01000193);
  return hash ^ (hash >>> 15);
};

const isSame = (bytes: Uint8Array, start: number, other: Uint8Array, from: number, to: number): boolean => {
  for (let place = 0; from + place < to; place += 1) if (bytes[start + place] !== other[from + place]) return false;
  return true;
};

const isPackable = (length: number): boolean => length >= shortestHexadecimal && length % 2 === 0;

/** False: a byte is no hexadecimal digit. It may be packed onto itself. */
const packInto = (bytes: Uint8Array, start: number, source: Uint8Array, from: number, to: number): boolean => {
  for (let place = from; place < to; place += 1) if ((digits[source[place] as number] as number) === -1) return false;
  for (let place = 0; from + place < to; place += 2) bytes[start + place / 2] = pair(source, from + place);
  return true;
};

const pair = (source: Uint8Array, at: number): number =>
  ((digits[source[at] as number] as number) << 4) | (digits[source[at + 1] as number] as number);

const isPackedSame = (bytes: Uint8Array, start: number, source: Uint8Array, from: number, to: number): boolean => {
  // Of a byte that is no digit all bits are set, and no byte is that.
  for (let place = 0; from + place < to; place += 2) if (pair(source, from + place) !== bytes[start + place / 2]) return false;
  return true;
};

/** One dictionary a field, for all tables of a run: the same text has the same code in the history and in the log. */
export type Dictionaries = {
  readonly of: (field: string) => Dictionary;
  /** All has been read. */
  readonly trim: () => void;
};

export const createDictionaries = (): Dictionaries => {
  const dictionaries = new Map<string, Dictionary>();
  return {
    of: (field) => {
      const dictionary = dictionaries.get(field) ?? new Dictionary();
      dictionaries.set(field, dictionary);
      return dictionary;
    },
    trim: () => {
      for (const dictionary of dictionaries.values()) dictionary.trim();
    },
  };
};
