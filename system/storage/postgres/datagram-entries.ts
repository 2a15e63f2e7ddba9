// The books of datagrams: what came, what became of its events, and what was lost where. Of what is missing nothing is said that is not known.
import { signals } from '../../contract/signals.ts';
import type { BookEntry } from '../../telemetry/accounting.ts';

/**
 * `gaps`: numbers that senders gave and that are known not to have come. `unattributed`: those of them that were lost while their sender changed doors, or
 * in the hands of a door that was not heard of for ten seconds though it never stopped (8192 numbers at most are in its hands): nobody can say where.
 */
export const selectDatagrams = `
  with doors as (
    select count(*) filter (where kernel_dropped is null) as unknown, coalesce(sum(kernel_dropped), 0) as kernel, coalesce(sum(received), 0) as received,
           coalesce(sum(unread), 0) as unread, coalesce(sum(dropped), 0) as dropped, coalesce(sum(in_doubt), 0) as in_doubt,
           coalesce(sum(in_hands) filter (where closed_at is null and beat_at > clock_timestamp() - interval '10 seconds'), 0) as in_hands
    from udp_doors
  ), each as (
    select s.*, greatest(0, greatest(s.highest, s.marked_datagrams) - s.before - s.received - s.undecided) as gaps,
           d.door is not null and d.closed_at is null and d.beat_at < clock_timestamp() - interval '10 seconds' as is_gone
    from udp_senders s left join udp_doors d on d.door = s.door
  ), senders as (
    select coalesce(sum(gaps), 0) as gaps,
           coalesce(sum(least(gaps, unattributed + case when is_gone then least(8192, greatest(0, gaps - unattributed)) else 0 end)), 0) as unattributed,
           coalesce(sum(repeated), 0) as repeated, coalesce(sum(appended), 0) as appended, coalesce(sum(duplicates), 0) as duplicates,
           coalesce(sum(refused), 0) as refused,
           coalesce(sum(missing + greatest(0, marked_events - before_events - appended - duplicates - refused)), 0) as missing
    from each
  )
  select doors.unknown::float8, doors.kernel::float8, doors.received::float8, doors.unread::float8, doors.dropped::float8, doors.in_doubt::float8, doors.in_hands::float8,
         senders.gaps::float8, senders.unattributed::float8, senders.repeated::float8, senders.appended::float8, senders.duplicates::float8,
         senders.refused::float8, senders.missing::float8
  from doors, senders`;

export type DatagramSums = {
  /** Doors whose kernel's count can't be had. */
  readonly unknown: number;
  readonly kernel: number;
  readonly received: number;
  readonly unread: number;
  readonly dropped: number;
  readonly in_doubt: number;
  readonly in_hands: number;
  readonly gaps: number;
  readonly unattributed: number;
  readonly repeated: number;
  readonly appended: number;
  readonly duplicates: number;
  readonly refused: number;
  readonly missing: number;
};

export type LostDatagrams = {
  readonly process: number;
  /** NaN: it can't be known. */
  readonly kernel: number;
  readonly network: number;
  readonly unknown: number;
};

/**
 * network = gaps - kernel - process, less all that may be elsewhere: what is being committed, or was refused unread, is missing among the numbers too, and of
 * those in doubt or unattributed nobody knows. Without the kernel's count nothing can be said of the network either. What is left is unknown.
 */
export const lostDatagrams = (sums: DatagramSums): LostDatagrams => {
  const isKernelKnown = sums.unknown === 0;
  const beyond = Math.max(0, sums.gaps - sums.in_hands - sums.dropped - sums.unread - (isKernelKnown ? sums.kernel : 0));
  const network = isKernelKnown ? Math.max(0, beyond - sums.unattributed - sums.in_doubt) : NaN;
  return {
    process: sums.dropped,
    kernel: isKernelKnown ? sums.kernel : NaN,
    network,
    unknown: isKernelKnown ? beyond - network : beyond,
  };
};

export const datagramEntries = (sums: DatagramSums): BookEntry[] => {
  const { received, unread, repeated, appended, duplicates: duplicate, refused, missing } = sums;
  const outcomes = (signal: BookEntry['signal'], values: Readonly<Record<string, number>>) =>
    Object.entries(values).map(([outcome, value]) => ({ signal, attributes: { 'faultline.udp.outcome': outcome }, value }) as BookEntry);
  return [
    ...outcomes(signals.udpDatagrams, { received, unread, repeated }),
    ...outcomes(signals.udpEvents, { appended, duplicate, refused, missing }),
    ...Object.entries(lostDatagrams(sums)).map(
      ([place, value]) => ({ signal: signals.udpLost, attributes: { 'faultline.udp.place': place }, value }) as BookEntry,
    ),
  ];
};
