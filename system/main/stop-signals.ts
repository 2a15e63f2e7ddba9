// Which of the signals that stop a process is a second one. One Ctrl-C comes twice: from the terminal, and from npm, which passes it on to its child.

export type StopSignal = 'first' | 'same' | 'second';

const meantAfterMs = 1000;

/** Says of each signal, as it comes, which it is: 'same' is the first once more. Between two that somebody means lies time. */
export const createSignalCount = (nowMs: () => number): (() => StopSignal) => {
  let firstMs: number | null = null;
  return () => {
    const now = nowMs();
    if (firstMs === null) {
      firstMs = now;
      return 'first';
    }
    return now - firstMs < meantAfterMs ? 'same' : 'second';
  };
};
