import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type DatagramSums, lostDatagrams } from './datagram-entries.ts';

const none: DatagramSums = {
  unknown: 0,
  kernel: 0,
  received: 0,
  unread: 0,
  dropped: 0,
  in_doubt: 0,
  in_hands: 0,
  gaps: 0,
  unattributed: 0,
  repeated: 0,
  appended: 0,
  duplicates: 0,
  refused: 0,
  missing: 0,
};

test('what is missing beyond the counts of kernel and process was lost in the network', () => {
  expect(lostDatagrams({ ...none, gaps: 100, kernel: 40, dropped: 25 })).toEqual({ process: 25, kernel: 40, network: 35, unknown: 0 });
});

test('what was refused unread, or is being committed, is missing among the numbers and is not lost in the network', () => {
  expect(lostDatagrams({ ...none, gaps: 10, unread: 4, in_hands: 6 })).toMatchObject({ network: 0, unknown: 0 });
});

test("without the kernel's count nothing is said of the network, and never 0", () => {
  expect(lostDatagrams({ ...none, unknown: 1, gaps: 100, kernel: 40, dropped: 25 })).toEqual({
    process: 25,
    kernel: NaN,
    network: NaN,
    unknown: 75,
  });
});

test('what was lost while a sender changed doors, or is in doubt, is unknown', () => {
  expect(lostDatagrams({ ...none, gaps: 100, unattributed: 60, in_doubt: 5 })).toMatchObject({ network: 35, unknown: 65 });
});

test('the network is never charged with more than the numbers show, and no place with less than nothing', () => {
  const sums = fc.record(Object.fromEntries(Object.keys(none).map((key) => [key, fc.nat(1000)]))) as fc.Arbitrary<DatagramSums>;
  fc.assert(
    fc.property(sums, (given) => {
      const { network, unknown } = lostDatagrams({ ...given, unknown: 0 });
      expect([network >= 0, unknown >= 0]).toEqual([true, true]);
      expect(network + unknown).toBe(Math.max(0, given.gaps - given.in_hands - given.dropped - given.unread - given.kernel));
    }),
  );
});
