// A helper of fault cpu-pressure: burns CPU time until its standard input ends, which it looks for between stretches.
process.stdout.write(`${JSON.stringify({ event_name: 'faultline.burner.ready', attributes: { process: 'burner', pid: process.pid } })}\n`);
process.stdin.on('end', () => process.exit(0)).resume();

const stretchMs = 20;
const burn = (): void => {
  const until = performance.now() + stretchMs;
  while (performance.now() < until);
  setImmediate(burn);
};
burn();
