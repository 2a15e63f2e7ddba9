// Splits a stream of PostgreSQL's protocol into its messages without keeping them: type byte, length, body. Each piece of input comes out again, in
// order, as pieces that belong to one message each.
const headerBytes = 5;

export type FramePiece = {
  /** As it came, header included. */
  readonly bytes: Buffer;
  /** A letter; '' for the messages that begin a connection, which have none. */
  readonly type: string;
  /** The message ends with this piece. */
  readonly isLast: boolean;
  /** The first bytes of the body, as far as they are kept. */
  readonly head: Buffer;
};

export type FrameReader = {
  read(chunk: Buffer): readonly FramePiece[];
  /** The next message has no type byte. */
  expectUntyped(): void;
};

export const createFrameReader = (keptBytes: number): FrameReader => {
  let carry: Buffer = Buffer.alloc(0);
  let untyped = false;
  let frame: { readonly type: string; remaining: number; head: Buffer } | null = null;
  const begin = (input: Buffer): number => {
    const needed = untyped ? headerBytes - 1 : headerBytes;
    if (input.length < needed) return 0;
    const length = input.readInt32BE(needed - 4);
    frame = { type: untyped ? '' : String.fromCharCode(input[0] as number), remaining: Math.max(0, length - 4), head: Buffer.alloc(0) };
    untyped = false;
    return needed;
  };
  const take = (input: Buffer, from: number): FramePiece => {
    const current = frame as NonNullable<typeof frame>;
    const body = input.subarray(from, from + current.remaining);
    current.remaining -= body.length;
    if (current.head.length < keptBytes) current.head = Buffer.concat([current.head, body.subarray(0, keptBytes - current.head.length)]);
    const isLast = current.remaining === 0;
    if (isLast) frame = null;
    return { bytes: input.subarray(0, from + body.length), type: current.type, isLast, head: current.head };
  };
  return {
    expectUntyped: () => {
      untyped = true;
    },
    read: (chunk) => {
      const pieces: FramePiece[] = [];
      let input = carry.length === 0 ? chunk : Buffer.concat([carry, chunk]);
      carry = Buffer.alloc(0);
      while (input.length > 0) {
        const from = frame === null ? begin(input) : 0;
        if (frame === null) {
          carry = Buffer.from(input);
          break;
        }
        const piece = take(input, from);
        pieces.push(piece);
        input = input.subarray(piece.bytes.length);
      }
      return pieces;
    },
  };
};
