// What stack does: one of up, down and status. Returns the exit code; rejects with a HarnessError.
import { exitCodes } from './exit-codes.ts';
import { detachStack } from './stack-detach.ts';
import { takeDown } from './stack-down.ts';
import { parseStackOptions, type StackCommandOptions } from './stack-options.ts';
import { findStack } from './stack-state.ts';
import { askHealth, describeHealth } from './stack-status.ts';
import { keepStack, type StackSurroundings } from './stack-up.ts';

/** `program`: the file of this command, which --detach starts again. */
export const stackCommand = async (parameters: readonly string[], program: string, surroundings: StackSurroundings): Promise<number> => {
  const options = parseStackOptions(parameters);
  if ('help' in options) {
    surroundings.say(options.help.trimEnd());
    return exitCodes.pass;
  }
  switch (options.command) {
    case 'up':
      return options.detach ? detachStack(options, program, surroundings) : keepStack(options, surroundings);
    case 'down':
      surroundings.say(await takeDown(options.folder, await findStack(options.folder)));
      return exitCodes.pass;
    case 'status':
      return showStatus(options, surroundings);
  }
};

const showStatus = async ({ folder, json }: StackCommandOptions, { say }: StackSurroundings): Promise<number> => {
  const found = await findStack(folder);
  const health = found.kind === 'running' ? await askHealth(found.state) : [];
  const isUp = found.kind === 'running' && health.every(({ answers }) => answers);
  say(json ? JSON.stringify({ ...found, health }, null, 2) : describeHealth(found, health));
  return isUp ? exitCodes.pass : exitCodes.fail;
};
