// Rows as text in columns. What comes from events is shown without control characters: a terminal must not obey it.

const longestCell = 60;

type Cell = string | number | boolean | null | undefined;

export const shown = (value: Cell): string => {
  const text = value === null || value === undefined ? '-' : String(value);
  return text.toWellFormed().replaceAll(/[\p{Cc}\p{Cf}]/gu, '\u{FFFD}');
};

/** JSON text in one line that means the same: what a terminal would obey is escaped, and no digit or key is lost. */
export const shownJson = (text: string): string =>
  // Outside of strings JSON has no control characters but those of spacing, and inside of them it has none of those.
  text.replaceAll(/[\t\n\r]+/g, ' ').replaceAll(/[\p{Cc}\p{Cf}]/gu, (character) =>
    character
      .split('')
      .map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
      .join(''),
  );

const cell = (value: Cell): string => {
  const text = shown(value);
  return text.length > longestCell ? `${text.slice(0, longestCell - 1)}…` : text;
};

export const table = (head: readonly string[], rows: readonly (readonly Cell[])[]): string => {
  const lines = [head, ...rows.map((row) => row.map(cell))];
  const widths = head.map((_, column) => Math.max(...lines.map((line) => line[column]!.length)));
  return `${lines
    .map((line) =>
      line
        .map((text, column) => text.padEnd(widths[column]!))
        .join('  ')
        .trimEnd(),
    )
    .join('\n')}\n`;
};

/** Names and values of one thing. */
export const fields = (values: Readonly<Record<string, Cell>>): string => {
  const width = Math.max(...Object.keys(values).map(({ length }) => length));
  return `${Object.entries(values)
    .map(([name, value]) => `${name.padEnd(width)}  ${shown(value)}`)
    .join('\n')}\n`;
};
