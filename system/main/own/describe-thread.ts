// The entry of a thread that loads a processor's module once, before anything starts, and says what it is or why it can't be used.
import { parentPort, workerData } from 'node:worker_threads';
import { messageOf } from '../../contract/message-of.ts';
import { describeProcessor, type ProcessorDescription } from './describe.ts';
import { loadModule } from './load-module.ts';

export type DescribeAnswer = { readonly description: ProcessorDescription } | { readonly problem: string };

const { file } = workerData as { readonly file: string };

const answer = async (): Promise<DescribeAnswer> => {
  try {
    return { description: describeProcessor(file, await loadModule(file)) };
  } catch (error) {
    return { problem: messageOf(error) };
  }
};

parentPort!.postMessage(await answer());
