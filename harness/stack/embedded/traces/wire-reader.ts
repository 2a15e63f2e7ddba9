// Protobuf's wire format, as far as a packed span needs it: written by this process, so what is wrong with it is a programmer's error and throws.
// A class, for one reader a span must cost next to nothing: a query reads hundreds of thousands.

export class WireReader {
  readonly #bytes: Buffer;
  #at = 0;
  #end: number;
  #wireType = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
    this.#end = bytes.length;
  }

  /** The next field's number; 0 at the end. */
  field(): number {
    if (this.#at >= this.#end) return 0;
    const tag = this.#length();
    this.#wireType = tag & 7;
    return tag >>> 3;
  }

  /** Goes into the message that the field is; returns what `leave` wants. */
  enter(): number {
    const outer = this.#end;
    const length = this.#length();
    this.#end = this.#at + length;
    return outer;
  }

  leave(outer: number): void {
    this.#at = this.#end;
    this.#end = outer;
  }

  varint(): bigint {
    let value = 0n;
    for (let shift = 0n; ; shift += 7n) {
      const byte = this.#bytes[this.#at++] ?? 0;
      value |= BigInt(byte & 127) << shift;
      if (byte < 128) return BigInt.asIntN(64, value);
    }
  }

  fixed32(): number {
    return this.#bytes.readUInt32LE(this.#pass(4));
  }

  fixed64(): bigint {
    return this.#bytes.readBigUInt64LE(this.#pass(8));
  }

  double(): number {
    return this.#bytes.readDoubleLE(this.#pass(8));
  }

  text(): string {
    return this.#slice('utf8');
  }

  hex(): string {
    return this.#slice('hex');
  }

  base64(): string {
    return this.#slice('base64');
  }

  /** Passes over the field whose number was read last. */
  skip(): void {
    if (this.#wireType === 0) this.varint();
    else this.#pass(this.#wireType === 2 ? this.#length() : this.#wireType === 1 ? 8 : 4);
  }

  #length(): number {
    let value = 0;
    for (let factor = 1; ; factor *= 128) {
      const byte = this.#bytes[this.#at++] ?? 0;
      value += (byte & 127) * factor;
      if (byte < 128) return value;
    }
  }

  #pass(length: number): number {
    this.#at += length;
    return this.#at - length;
  }

  #slice(encoding: 'utf8' | 'hex' | 'base64'): string {
    const length = this.#length();
    this.#at += length;
    return this.#bytes.toString(encoding, this.#at - length, this.#at);
  }
}
