// Reads a PostgreSQL connection both ways and throws the answer to a commit away: the server says that the transaction is over and nothing failed,
// and the client never hears it. What is no commit, or failed, goes on untouched.
import { createFrameReader, type FramePiece } from './frame-reader.ts';
import { createStatementTracker, type Round } from './statement-tracker.ts';

export type SwallowRule = {
  /** Words of a statement that commits by itself; undefined: COMMIT. */
  readonly statement?: string;
};

export type CommitSwallower = {
  /** From the client. Looks on, changes nothing. */
  up(chunk: Buffer): void;
  /** From the server: what the client may have of it. */
  down(chunk: Buffer): Buffer;
};

export type CommitSwallowerOptions = {
  /** Asked as an answer begins; null: nothing is to be swallowed. */
  readonly rule: () => SwallowRule | null;
  /** The answer is gone; the connection must be cut. */
  readonly onSwallowed: (text: string) => void;
};

const keptBytes = 64;
const isCommit = (text: string): boolean => /^\s*(commit|end)\b/i.test(text);

const wanted = ({ texts }: Round, { statement }: SwallowRule): string | undefined =>
  texts.find((text) => (statement === undefined ? isCommit(text) : text.includes(statement)));

/** An answer that is kept back until the server has said how it ended. */
type Held = { readonly text: string; readonly rule: SwallowRule; readonly pieces: Buffer[]; failed: boolean; tag: string };

export const createCommitSwallower = ({ rule, onSwallowed }: CommitSwallowerOptions): CommitSwallower => {
  const tracker = createStatementTracker();
  const reader = createFrameReader(keptBytes);
  let held: Held | null = null;
  let isNewRound = true;
  let isOver = false;

  const startRound = (): void => {
    const [round, now] = [tracker.current(), rule()];
    // A notice that nobody asked for begins no answer.
    if (round === undefined) return;
    isNewRound = false;
    const text = now === null ? undefined : wanted(round, now);
    if (text !== undefined && now !== null) held = { text, rule: now, pieces: [], failed: false, tag: '' };
  };
  const endRound = (status: string): readonly Buffer[] => {
    tracker.answered();
    isNewRound = true;
    const answer = held;
    held = null;
    if (answer === null) return [];
    const committed = status === 'I' && !answer.failed && (answer.rule.statement !== undefined || answer.tag === 'COMMIT');
    if (!committed) return answer.pieces;
    isOver = true;
    onSwallowed(answer.text);
    return [];
  };
  const pass = (piece: FramePiece): readonly Buffer[] => {
    if (isOver) return [];
    if (isNewRound) startRound();
    const answer = held;
    if (answer !== null) {
      answer.pieces.push(piece.bytes);
      if (piece.type === 'E') answer.failed = true;
      if (piece.type === 'C' && piece.isLast) answer.tag = piece.head.toString('latin1', 0, piece.head.indexOf(0));
    }
    if (piece.type === 'Z' && piece.isLast) {
      const rest = endRound(String.fromCharCode(piece.head[0] ?? 0));
      return answer === null ? [piece.bytes] : rest;
    }
    return answer === null ? [piece.bytes] : [];
  };
  return {
    up: (chunk) => tracker.sent(chunk),
    down: (chunk) => {
      if (tracker.isEncrypted()) return chunk;
      if (!tracker.awaitsEncryption()) return Buffer.concat(reader.read(chunk).flatMap(pass));
      tracker.encryption(chunk[0] === 0x53 ? 'S' : 'N');
      return Buffer.concat([chunk.subarray(0, 1), ...reader.read(chunk.subarray(1)).flatMap(pass)]);
    },
  };
};
