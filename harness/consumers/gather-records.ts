// Makes one file of the records of all instances. It has its last line only where each of them is whole: it ended in order, or a fault killed it.
import { appendFile, readFile, writeFile } from 'node:fs/promises';

export type InstanceRecord = {
  readonly file: string;
  /** A fault ended it with kill -9. */
  readonly wasKilled: boolean;
};

const endedLine = /"kind":"ended"\}\n$/;

export const gatherRecords = async (target: string, records: readonly InstanceRecord[]): Promise<void> => {
  let [lines, isWhole] = [0, true];
  await writeFile(target, '');
  for (const { file, wasKilled } of records) {
    const text = await readFile(file, 'utf8').catch(ifMissing);
    // Killed within a write: half a line was never said.
    const said = text.slice(0, text.lastIndexOf('\n') + 1);
    isWhole &&= wasKilled || (said === text && endedLine.test(text));
    lines += said.split('\n').length - 1;
    await appendFile(target, said);
  }
  if (isWhole) await appendFile(target, `${JSON.stringify({ end: true, lines })}\n`);
};

/** It ended before it wrote anything. */
const ifMissing = (error: NodeJS.ErrnoException): string => {
  if (error.code === 'ENOENT') return '';
  throw error;
};
