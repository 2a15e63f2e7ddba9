// Lines to stdout. A reader that went away must not end the process, and one that stands still must not fill its memory: what they would have read is lost,
// the work goes on.
import { type Clock, systemClock } from './clock.ts';
import { createLogger } from './logger.ts';

type Output = Pick<NodeJS.WriteStream, 'write' | 'on' | 'writableLength'>;

export type StdoutWriterOptions = { readonly output?: Output; readonly clock?: Clock };

/** Of lines that wait for the reader: some thousands. */
const mostWaitingBytes = 1024 * 1024;

/** One a process: each listens to the stream for as long as that is there. */
export const createStdoutWriter = ({ output = process.stdout, clock = systemClock }: StdoutWriterOptions = {}): ((
  line: string,
) => void) => {
  let isOpen = true;
  let dropped = 0;
  const logger = createLogger({ write: (line) => void output.write(line), clock, otel: null });
  const tellDropped = () => {
    if (!isOpen || dropped === 0) return;
    const attributes = { 'faultline.lines': dropped };
    dropped = 0;
    logger.warn('lines to stdout were dropped: its reader stood still', attributes, { eventName: 'faultline.telemetry.lines_dropped' });
  };
  output.on('error', () => {
    isOpen = false;
  });
  output.on('drain', tellDropped);
  return (line) => {
    if (!isOpen) return;
    if (output.writableLength >= mostWaitingBytes) {
      dropped += 1;
      return;
    }
    tellDropped();
    output.write(line);
  };
};
