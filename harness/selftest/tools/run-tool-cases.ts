// Runs tools with what each needs of the machine: one after the other those that measure it, several at a time those that mostly wait.
import { runOrSkip, type SkippedTool, type ToolCase, type ToolResult } from './tool-case.ts';

export type ToolRun = {
  readonly signal: AbortSignal;
  readonly onResult: (result: ToolResult | SkippedTool) => void;
};

const patientAtATime = 6;

/** Results in the order in which they came. Rejects when the signal aborts, once none of them runs any more. */
export const runToolCases = async (cases: readonly ToolCase[], run: ToolRun): Promise<readonly (ToolResult | SkippedTool)[]> => {
  const [patient, others] = [cases.filter(({ isPatient }) => isPatient === true), cases.filter(({ isPatient }) => isPatient !== true)];
  return [...(await inLanes(others, 1, run)), ...(await inLanes(patient, patientAtATime, run))];
};

const inLanes = async (
  cases: readonly ToolCase[],
  lanes: number,
  { signal, onResult }: ToolRun,
): Promise<readonly (ToolResult | SkippedTool)[]> => {
  const waiting = [...cases];
  const results: (ToolResult | SkippedTool)[] = [];
  const lane = async (): Promise<void> => {
    for (let next = waiting.shift(); next !== undefined && !signal.aborted; next = waiting.shift()) {
      const result = await runOrSkip(next);
      results.push(result);
      onResult(result);
    }
  };
  await Promise.all(Array.from({ length: lanes }, lane));
  signal.throwIfAborted();
  return results;
};
