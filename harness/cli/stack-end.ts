// The ways to end `stack up`: Ctrl-C, a closed terminal, and the polite signal that `stack down` sends.
import { exitCodes } from './exit-codes.ts';

export type End = Disposable & { readonly signal: AbortSignal; readonly asked: Promise<null>; exitCode(): number };

export const watchEnd = (say: (text: string) => void): End => {
  const controller = new AbortController();
  const asked = Promise.withResolvers<null>();
  let exitCode: number = exitCodes.pass;
  const handlers = (['SIGINT', 'SIGTERM', 'SIGHUP'] as const).map((name) => {
    const handle = (): void => {
      if (!controller.signal.aborted) say('taking the telemetry stack down');
      if (name === 'SIGINT') exitCode = exitCodes.interrupted;
      controller.abort();
      asked.resolve(null);
    };
    process.on(name, handle);
    return [name, handle] as const;
  });
  return {
    signal: controller.signal,
    asked: asked.promise,
    exitCode: () => exitCode,
    [Symbol.dispose]: () => {
      for (const [name, handle] of handlers) process.off(name, handle);
    },
  };
};
