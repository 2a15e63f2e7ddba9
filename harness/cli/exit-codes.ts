// The one table of exit codes. Pass, fail, inconclusive and harness error come from exitCodeOf in engine/verdict.ts.

export const exitCodes = {
  pass: 0,
  fail: 1,
  inconclusive: 2,
  harnessError: 3,
  interrupted: 130,
} as const;

export const exitCodeHelp = `
Exit codes:
  0    every scenario passed
  1    a promise was broken, a budget was exceeded, or the two witnesses disagree
  2    inconclusive: nothing wrong was proven, but the run cannot be trusted
  3    the harness could not do its work, or the command line was not understood
  130  interrupted (Ctrl-C)
`;
