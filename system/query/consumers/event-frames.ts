// Frames of server-sent events, as the HTML standard has them: an id that says where the reader is, and one data line for each line of the text.

/** A raw body may hold line ends between its tokens: the receiver puts a line feed where each was. */
export const frame = (event: string, data: string, id?: string): string =>
  `${id === undefined ? '' : `id: ${id}\n`}event: ${event}\n${dataLines(data)}\n`;

const dataLines = (data: string) =>
  data.includes('\n') || data.includes('\r')
    ? data
        .split(/\r\n|\r|\n/)
        .map((line) => `data: ${line}\n`)
        .join('')
    : `data: ${data}\n`;

/** A comment: keeps what is between us and the reader from closing a silent connection. */
export const heartbeat = ': heartbeat\n\n';
