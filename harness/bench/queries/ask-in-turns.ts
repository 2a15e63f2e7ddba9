// Asks both servers every question in turns, so that a machine that slows down slows both. What they answer must be the same: a fast wrong answer is none.
import { Client } from 'undici';
import { createComparer } from '../../parity/compare-answers.ts';
import type { Question } from '../../parity/question.ts';
import type { Peer } from './peer.ts';

export type Asked = {
  readonly question: Question;
  /** A round each, in milliseconds, from the request to the last byte of the answer. */
  readonly embeddedMs: readonly number[];
  /** Empty where there is nobody to compare with. */
  readonly peerMs: readonly number[];
};

type Answered = { readonly ms: number; readonly status: number; readonly text: string };

const ask = async (client: Client, { path, parameters }: Question): Promise<Answered> => {
  const beganAt = performance.now();
  const { statusCode, body } = await client.request({ method: 'GET', path: `${path}?${new URLSearchParams(parameters).toString()}` });
  const text = await body.text();
  return { ms: performance.now() - beganAt, status: statusCode, text };
};

const compare = createComparer(new Set());

const demandSame = (question: Question, one: Answered, other: Answered | null): void => {
  if (one.status !== 200) throw new Error(`${question.place}: answered ${one.status}: ${one.text.slice(0, 300)}`);
  if (other === null) return;
  const answerOf = ({ status, text, ms }: Answered) => ({ status, body: JSON.parse(text) as unknown, milliseconds: ms });
  const difference = compare(question, answerOf(one), answerOf(other));
  if (difference !== null) throw new Error(`${question.place}: the two do not say the same to ${question.query}: ${difference}`);
};

/** A question of a millisecond is told from the noise of the machine by asking it more often: so many times the rounds, as long as all take no longer than this. */
const [mostRounds, quickMs] = [5, 400];

const askOne = async (question: Question, clients: readonly [Client, Client | null], rounds: number): Promise<Asked> => {
  const [embedded, peer] = clients;
  const asked = { question, embeddedMs: [] as number[], peerMs: [] as number[] };
  let spentMs = 0;
  for (let round = 0; round <= rounds || (spentMs < quickMs && round <= mostRounds * rounds); round += 1) {
    const [first, second] = round % 2 === 0 ? [embedded, peer] : [peer, embedded];
    const answers = new Map<Client | null, Answered>();
    for (const client of [first, second]) if (client !== null) answers.set(client, await ask(client, question));
    const [mine, theirs] = [answers.get(embedded)!, peer === null ? null : answers.get(peer)!];
    // The first round warms both up, and is the one whose answers are compared.
    if (round === 0) demandSame(question, mine, theirs);
    else {
      spentMs += mine.ms + (theirs?.ms ?? 0);
      asked.embeddedMs.push(mine.ms);
      if (theirs !== null) asked.peerMs.push(theirs.ms);
    }
  }
  return asked;
};

export const askInTurns = async (
  questions: readonly Question[],
  embedded: Peer,
  peer: Peer | null,
  rounds: number,
): Promise<readonly Asked[]> => {
  const clients = [new Client(embedded.api), peer === null ? null : new Client(peer.api)] as const;
  try {
    const asked: Asked[] = [];
    for (const question of questions) asked.push(await askOne(question, clients, rounds));
    return asked;
  } finally {
    await clients[0].destroy();
    await clients[1]?.destroy();
  }
};
