// What a PostgreSQL client has asked for and has no answer to yet: the statements up to each Sync (or of each simple query), oldest first.
// Every ReadyForQuery of the server answers one such round.
import { createFrameReader } from './frame-reader.ts';

export type Round = { readonly texts: readonly string[] };

export type StatementTracker = {
  sent(chunk: Buffer): void;
  /** The round that the server is answering; undefined: none that is known. */
  current(): Round | undefined;
  answered(): void;
  /** The client has asked for encryption: the server's next byte is the answer, S or N. */
  awaitsEncryption(): boolean;
  encryption(answer: 'S' | 'N'): void;
  /** Nothing can be read any more. */
  isEncrypted(): boolean;
};

const keptBytes = 8192;
const encryptionRequests = [80877103, 80877104];
const mostStatements = 1000;

const textAt = (body: Buffer, from: number): string => {
  const end = body.indexOf(0, from);
  return body.toString('utf8', from, end === -1 ? body.length : end);
};

export const createStatementTracker = (): StatementTracker => {
  const reader = createFrameReader(keptBytes);
  reader.expectUntyped();
  const rounds: Round[] = [];
  const [statements, portals] = [new Map<string, string>(), new Map<string, string>()];
  let open: string[] = [];
  let [awaits, encrypted] = [false, false];
  const finish = (texts: readonly string[]): void => {
    rounds.push({ texts });
    open = [];
  };
  const begin = (body: Buffer): void => {
    awaits = body.length >= 4 && encryptionRequests.includes(body.readInt32BE(0));
    if (awaits) reader.expectUntyped();
    else finish([]);
  };
  const remember = (body: Buffer): void => {
    const name = textAt(body, 0);
    // Bounded; a client that makes so many is none that we look at.
    if (statements.size > mostStatements) statements.clear();
    statements.set(name, textAt(body, Buffer.byteLength(name) + 1));
  };
  const bind = (body: Buffer): void => {
    const portal = textAt(body, 0);
    portals.set(portal, statements.get(textAt(body, Buffer.byteLength(portal) + 1)) ?? '');
    if (portals.size > mostStatements) portals.clear();
  };
  const on: Readonly<Record<string, (body: Buffer) => void>> = {
    '': begin,
    Q: (body) => finish([textAt(body, 0)]),
    P: remember,
    B: bind,
    E: (body) => void open.push(portals.get(textAt(body, 0)) ?? ''),
    S: () => finish(open),
  };
  return {
    sent: (chunk) => {
      if (encrypted) return;
      for (const { type, isLast, head } of reader.read(chunk)) if (isLast) on[type]?.(head);
    },
    current: () => rounds[0],
    answered: () => void rounds.shift(),
    awaitsEncryption: () => awaits,
    encryption: (answer) => {
      awaits = false;
      encrypted = answer === 'S';
    },
    isEncrypted: () => encrypted,
  };
};
