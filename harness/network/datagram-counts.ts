// What a link of datagrams has done so far, counted by the link itself.
export type DatagramCounts = {
  received: number;
  /** Copies included. */
  sent: number;
  lost: number;
  reordered: number;
  duplicated: number;
  corrupted: number;
};

export const createDatagramCounts = (): DatagramCounts => ({ received: 0, sent: 0, lost: 0, reordered: 0, duplicated: 0, corrupted: 0 });
