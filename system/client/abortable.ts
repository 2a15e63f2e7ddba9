// A wait that its caller can end: what is waited for goes on.

/** Rejects with the signal's reason, as the platform's own waits do. */
export const abortable = <T>(promise: Promise<T>, signal: AbortSignal | undefined): Promise<T> => {
  if (!signal) return promise;
  return new Promise((resolve, reject) => {
    const onAbort = () => reject(signal.reason as Error);
    if (signal.aborted) onAbort();
    signal.addEventListener('abort', onAbort, { once: true });
    const stop = () => signal.removeEventListener('abort', onAbort);
    promise.then(resolve, reject).then(stop, stop);
  });
};
