// A bound on an export. The SDK counts its own time-out from when there is a connection; a path that drops packets makes none for two minutes, and tells nobody.
import { type ExportResult, ExportResultCode } from '@opentelemetry/core';
import type { Timers } from './clock.ts';
import type { Exporter } from './export-failures.ts';

/** What is not answered by then has failed; an answer after that is passed over. */
export const limitExports = <Items, E extends Exporter<Items>>(exporter: E & Exporter<Items>, timeoutMs: number, clock: Timers): E => {
  const original = exporter.export.bind(exporter);
  exporter.export = (items: Items, done: (result: ExportResult) => void) => {
    const ended = new AbortController();
    const end = (result: ExportResult) => {
      if (ended.signal.aborted) return;
      ended.abort();
      done(result);
    };
    clock.sleep(timeoutMs, ended.signal).then(
      () => end({ code: ExportResultCode.FAILED, error: new Error(`the receiver gave no answer within ${timeoutMs} ms`) }),
      () => {},
    );
    original(items, end);
  };
  return exporter;
};
