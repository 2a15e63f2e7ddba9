// A plain table: columns as wide as their widest cell, numbers to the right. Colours are put on after the widths are known.

export type Column = { readonly title: string; readonly align?: 'left' | 'right' };
export type Cell = { readonly text: string; readonly paint?: (text: string) => string };

export const renderTable = (columns: readonly Column[], rows: readonly (readonly Cell[])[]): readonly string[] => {
  const widths = columns.map(({ title }, index) => Math.max(title.length, ...rows.map((row) => row[index]?.text.length ?? 0)));
  const line = (cells: readonly Cell[]): string =>
    columns
      .map((column, index) => fit(cells[index], column, widths[index] ?? 0))
      .join('  ')
      .trimEnd();
  return [line(columns.map(({ title }) => ({ text: title }))), ...rows.map(line)];
};

const fit = (cell: Cell | undefined, { align }: Column, width: number): string => {
  const text = cell?.text ?? '';
  const padding = ' '.repeat(Math.max(0, width - text.length));
  const shown = cell?.paint?.(text) ?? text;
  return align === 'right' ? padding + shown : shown + padding;
};
