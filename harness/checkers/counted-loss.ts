// Promise 9: UDP is counted loss. What was sent, by the history, is what the books of the target say was appended, refused, a duplicate or lost, exactly; and no
// place is charged with a loss that it did not have: what kernel and process dropped is not the network's.
import type { RunData } from '../engine/run-data.ts';
import { indexOf, type RowOf, type RunIndex } from '../history/run-index.ts';
import { deadlyFaults } from '../scenario/faults/deadly-faults.ts';
import { roleOf } from '../scenario/faults/role-of.ts';
import { markCopies } from '../traffic/high-water-marks.ts';
import { type CheckResult, conclude, concludeFrom, createFindings, type Findings } from './check.ts';

const id = 'safety/counted-loss';

type Sender = RowOf<'datagram-sender'>;
/** What the history says of one producer. `datagrams`: numbers given, also to those that its own kernel did not take. */
type Sent = { readonly name: string; datagrams: number; events: number; refusedHere: number; readonly numbers: Set<number> };

export const countedLoss = (run: RunData): CheckResult | readonly CheckResult[] => {
  const index = indexOf(run);
  const sent = sentBy(index);
  if (sent.size === 0) return [];
  if (!run.historyComplete || !run.finalStateComplete)
    return conclude(id, 'inconclusive', 'The history or the books were not read whole, so they can not be compared.');
  const findings = createFindings();
  const senders = new Map(index.rows['datagram-sender'].map((row) => [nameOf(row), row]));
  for (const [name, row] of senders)
    if (!sent.has(name) && row.source !== '') findings.add(`the books know a sender ${name}, who sent nothing`, { rows: [row] });
  const isPlain = run.plan.scenario.traffic.batch === undefined;
  for (const each of sent.values()) checkSender(each, senders.get(each.name), isPlain, findings);
  // Without ids nobody can tell which row is which event.
  if (run.plan.scenario.traffic.ids !== 'none') checkAppended(index, findings);
  const places = checkPlaces(run, index, sent, findings);
  const unmarked = [...sent.keys()].filter((name) => (senders.get(name)?.markedDatagrams ?? 0) === 0);
  if (findings.total === 0 && unmarked.length > 0)
    return conclude(
      id,
      'inconclusive',
      `No high-water mark of ${unmarked.join(', ')} came through, so how much it sent is not known there.`,
    );
  return concludeFrom(id, findings, {
    good: `The books account for each of ${sumOf(sent, 'events')} events sent in ${sumOf(sent, 'datagrams')} datagrams: ${places}.`,
    bad: `The books of datagrams are wrong in ${findings.total} places: ${places}.`,
    measured: { value: findings.total, unit: 'differences', bound: '= 0' },
  });
};

const nameOf = ({ source, boot }: { readonly source: string; readonly boot: string }): string => `${source} ${boot}`;
const sumOf = (sent: ReadonlyMap<string, Sent>, what: 'events' | 'datagrams' | 'refusedHere'): number =>
  [...sent.values()].reduce((sum, each) => sum + each[what], 0);

const sentBy = ({ operations }: RunIndex): ReadonlyMap<string, Sent> => {
  const sent = new Map<string, Sent>();
  for (const { datagram, outcome } of operations) {
    if (datagram === undefined) continue;
    const name = nameOf(datagram);
    const each = sent.get(name) ?? { name, datagrams: 0, events: 0, refusedHere: 0, numbers: new Set<number>() };
    sent.set(name, each);
    each.datagrams = Math.max(each.datagrams, datagram.n);
    each.events += 1;
    if (outcome === 'failed' && !each.numbers.has(datagram.n)) each.refusedHere += 1;
    each.numbers.add(datagram.n);
  }
  return sent;
};

const checkSender = (sent: Sent, row: Sender | undefined, isPlain: boolean, findings: Findings): void => {
  if (row === undefined) return findings.add(`the books know nothing of sender ${sent.name}, who sent ${sent.datagrams} datagrams`);
  const say = (text: string): void => findings.add(`sender ${sent.name}: ${text}`, { rows: [row] });
  const { markedDatagrams, markedEvents, received, undecided, highest, appended, duplicates, refused } = row;
  if (markedDatagrams !== 0 && (markedDatagrams !== sent.datagrams || markedEvents !== sent.events))
    say(`its mark says ${markedDatagrams} datagrams with ${markedEvents} events, it sent ${sent.datagrams} with ${sent.events}`);
  if (highest > sent.datagrams) say(`number ${highest} was booked, the last one sent was ${sent.datagrams}`);
  if (received + undecided > sent.datagrams - sent.refusedHere)
    say(`${received + undecided} numbers were booked as received, only ${sent.datagrams - sent.refusedHere} were sent`);
  const settled = appended + duplicates + refused;
  if (settled > sent.events) say(`${settled} events were booked, only ${sent.events} were sent`);
  // With one event in each datagram a datagram that came is an event that came.
  if (isPlain && settled !== received + undecided) say(`${received + undecided} datagrams came, but ${settled} events were booked`);
};

/** Each event in the log that went by datagram was appended once, and booked once. */
const checkAppended = ({ rows, senderOf }: RunIndex, findings: Findings): void => {
  let logged = 0;
  for (const row of rows.log) if (senderOf(row)?.operations.some(({ datagram }) => datagram !== undefined) === true) logged += 1;
  const booked = rows['datagram-sender'].reduce((sum, { appended }) => sum + appended, 0);
  if (logged !== booked) findings.add(`${logged} events of datagrams are in the log, but the books say that ${booked} were appended`);
};

const checkPlaces = (run: RunData, { rows }: RunIndex, sent: ReadonlyMap<string, Sent>, findings: Findings): string => {
  const [senders, doors, [link]] = [rows['datagram-sender'], rows['datagram-door'], rows['datagram-link']];
  const sum = <Row>(of: readonly Row[], value: (row: Row) => number): number => of.reduce((total, row) => total + value(row), 0);
  const came = sum(senders, ({ received, undecided }) => received + undecided);
  const missing = sumOf(sent, 'datagrams') - came;
  const kernel = doors.some(({ kernelDropped }) => kernelDropped === null) ? null : sum(doors, (door) => door.kernelDropped ?? 0);
  const [dropped, unread, inDoubt] = [
    sum(doors, (door) => door.dropped),
    sum(doors, (door) => door.unread),
    sum(doors, (door) => door.inDoubt),
  ];
  const taken = sum(doors, ({ received }) => received);
  const said = `${came} datagrams came, ${missing} are missing; kernel ${kernel ?? 'unknown'}, process ${dropped}, refused unread ${unread}`;
  const facts = { facts: { missing, kernel, dropped, unread, inDoubt, taken, link: link ?? null } };
  const hasDied = run.evidence.some(({ fault: name, tookEffect }) => {
    const fault = faultOf(run, name);
    return fault !== undefined && tookEffect && deadlyFaults.includes(fault.kind) && roleOf(fault) === 'ingest';
  });
  if (kernel === null || hasDied) return said;
  const marksThatCame = taken - came - sum(senders, ({ repeated }) => repeated) - unread - dropped - inDoubt;
  const marksLost = sent.size * markCopies - marksThatCame;
  const elsewhere = missing + marksLost - sumOf(sent, 'refusedHere') - kernel - dropped - unread - inDoubt;
  if (link === undefined) {
    // Nothing lies between but the machine's own loopback.
    if (elsewhere !== 0)
      findings.add(`${elsewhere} datagrams are missing beyond what kernel and process count, and there is no network between`, facts);
  } else if (link.duplicated === 0) {
    const entered = sumOf(sent, 'datagrams') - sumOf(sent, 'refusedHere') + sent.size * markCopies;
    const lostOnTheWay = entered - link.received + link.lost;
    if (elsewhere !== lostOnTheWay)
      findings.add(
        `${elsewhere} datagrams are missing beyond what kernel and process count, but ${lostOnTheWay} were lost on the way`,
        facts,
      );
  }
  return said;
};

const faultOf = (run: RunData, name: string) => run.plan.scenario.faults.find((fault) => fault.name === name);
