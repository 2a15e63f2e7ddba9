// A helper of fault memory-pressure: takes the given MiB, and touches each page once a second, so that the kernel must keep it. Ends with its standard input.
const megabytes = Number(process.argv[2]);
const pieceBytes = 16 * 1024 * 1024;
const pageBytes = 4096;
const pieces = Array.from({ length: Math.ceil((megabytes * 1024 * 1024) / pieceBytes) }, () => Buffer.alloc(pieceBytes));

let round = 0;
const touch = (): void => {
  round = (round + 1) & 0xff;
  for (const piece of pieces) for (let at = 0; at < piece.length; at += pageBytes) piece[at] = round;
};
touch();
setInterval(touch, 1000);
process.stdin.on('end', () => process.exit(0)).resume();
process.stdout.write(
  `${JSON.stringify({ event_name: 'faultline.ballast.ready', attributes: { process: 'ballast', pid: process.pid } })}\n`,
);
