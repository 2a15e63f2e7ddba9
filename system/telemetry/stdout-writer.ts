// Lines to stdout. A reader that went away must not end the process: what it would have read is lost, the work goes on.
type Output = Pick<NodeJS.WriteStream, 'write' | 'on'>;

export const createStdoutWriter = (output: Output = process.stdout): ((line: string) => void) => {
  let isOpen = true;
  output.on('error', () => {
    isOpen = false;
  });
  return (line) => {
    if (isOpen) output.write(line);
  };
};
