// Times in Go's layouts ("2006-01-02 15:04:05"), in UTC.

const two = (value: number): string => String(value).padStart(2, '0');
const months = ['January', 'February', 'March', 'April', 'May', 'June', 'July', 'August', 'September', 'October', 'November', 'December'];
const days = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'];

type Parts = { readonly date: Date; readonly fraction: string };

const hour12 = (date: Date): number => date.getUTCHours() % 12 || 12;

const pieces: Readonly<Record<string, (parts: Parts) => string>> = {
  '2006': ({ date }) => String(date.getUTCFullYear()),
  January: ({ date }) => months[date.getUTCMonth()]!,
  Jan: ({ date }) => months[date.getUTCMonth()]!.slice(0, 3),
  Monday: ({ date }) => days[date.getUTCDay()]!,
  Mon: ({ date }) => days[date.getUTCDay()]!.slice(0, 3),
  MST: () => 'UTC',
  'Z07:00': () => 'Z',
  '-07:00': () => '+00:00',
  '-0700': () => '+0000',
  '01': ({ date }) => two(date.getUTCMonth() + 1),
  '02': ({ date }) => two(date.getUTCDate()),
  '03': ({ date }) => two(hour12(date)),
  '04': ({ date }) => two(date.getUTCMinutes()),
  '05': ({ date }) => two(date.getUTCSeconds()),
  '06': ({ date }) => String(date.getUTCFullYear()).slice(-2),
  '15': ({ date }) => two(date.getUTCHours()),
  PM: ({ date }) => (date.getUTCHours() < 12 ? 'AM' : 'PM'),
  pm: ({ date }) => (date.getUTCHours() < 12 ? 'am' : 'pm'),
  '1': ({ date }) => String(date.getUTCMonth() + 1),
  '2': ({ date }) => String(date.getUTCDate()),
  '3': ({ date }) => String(hour12(date)),
  '4': ({ date }) => String(date.getUTCMinutes()),
  '5': ({ date }) => String(date.getUTCSeconds()),
};

const layoutPiece = /2006|January|Jan|Monday|Mon|MST|Z07:00|-07:00|-0700|01|02|03|04|05|06|15|PM|pm|[.,](?:0+|9+)(?!\d)|[1-5]/g;

const fractionPiece = (piece: string, fraction: string): string => {
  const digits = fraction.slice(0, piece.length - 1);
  if (piece[1] === '0') return `${piece[0]}${digits}`;
  const shortened = digits.replace(/0+$/, '');
  return shortened === '' ? '' : `${piece[0]}${shortened}`;
};

export const formatGoTime = (nanos: bigint, layout: string): string => {
  const milliseconds = nanos / 1_000_000n;
  const parts = {
    date: new Date(Number(milliseconds)),
    fraction: String(((nanos % 1_000_000_000n) + 1_000_000_000n) % 1_000_000_000n).padStart(9, '0'),
  };
  return layout.replaceAll(layoutPiece, (piece) => pieces[piece]?.(parts) ?? fractionPiece(piece, parts.fraction));
};

export const defaultTimeText = (nanos: bigint): string => formatGoTime(nanos, '2006-01-02 15:04:05.999999999 -0700 MST');
