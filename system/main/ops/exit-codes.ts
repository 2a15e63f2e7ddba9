// How `npm run ops` ends.

export const exitCodes = {
  /** All that was asked is done, or would be. */
  done: 0,
  /** It was carried out, and not all of it came out as asked: something failed again, or a fix was refused. */
  notAll: 1,
  /** It was written down and is not done yet. */
  open: 2,
  /** Nothing was asked for: bad usage, refused, or out of reach. */
  refused: 3,
} as const;

export const exitCodeHelp = `
Exit codes:
  0  done, or with --dry-run: would be done
  1  carried out, but not all came out as asked: something failed again (or would), was gone, or was left unchanged
  2  asked for, and not done within --wait; npm run ops -- jobs show <job> says how far it is
  3  nothing was asked for: bad usage, refused, or the query process is out of reach
`;
