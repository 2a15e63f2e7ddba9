// How `npm run ops` ends.

export const exitCodes = {
  /** All that was asked is done, or would be. */
  done: 0,
  /** It was carried out, and not all of it came out as asked: something failed again, was refused or differs. */
  notAll: 1,
  /** It was written down, by this or by an earlier job, and is not known to be done. */
  open: 2,
  /** Nothing was asked for: bad usage, refused, or out of reach. */
  refused: 3,
  /** An error that nobody expected, at whatever moment. */
  broken: 4,
} as const;

export const exitCodeHelp = `
Exit codes:
  0  done, or with --dry-run: would be done
  1  carried out, but not all came out as asked: something failed again (or would), was gone, refused or left unchanged; a backup is broken
  2  asked for, and not known to be done: not within --wait, it waits for an earlier job, or its state can't be read. jobs show, erasures show, rebuild status, imports show and stream-replays show say how far it is
  3  nothing was asked for: bad usage, refused, or the query process (or the database) is out of reach
  4  it broke off, by an error that nobody expected (a full disk, a defect): what was asked for by then may be done
`;
