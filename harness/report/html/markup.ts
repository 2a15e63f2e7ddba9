// HTML as tagged templates: every value is escaped unless it is markup already, so that hostile text in an event stays text.

export type Markup = { readonly markup: string };
type Value = Markup | string | number | null | undefined | readonly Value[];

const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

/** Characters that no HTML document may hold are shown as the replacement character. */
export const escapeHtml = (text: string): string =>
  text
    .replaceAll(/[&<>"']/g, (character) => entities[character] ?? character)
    .replaceAll(/[\u0000-\u0008\u000B\u000C\u000E-\u001F\u007F]/g, '\uFFFD');

const isList = (value: Value): value is readonly Value[] => Array.isArray(value);

const render = (value: Value): string => {
  if (value === null || value === undefined) return '';
  if (isList(value)) return value.map((each) => render(each)).join('');
  return typeof value === 'object' ? value.markup : escapeHtml(String(value));
};

export const html = (texts: TemplateStringsArray, ...values: readonly Value[]): Markup => ({
  markup: texts.map((text, index) => text + render(values[index])).join(''),
});

/** Trusted text of our own: a style sheet, a script. Never anything that came from a run. */
export const raw = (markup: string): Markup => ({ markup });

/** JSON inside a script element: `<` is escaped, so that no text in it can end the element. */
export const jsonScript = (id: string, value: unknown): Markup =>
  raw(
    `<script type="application/json" id="${escapeHtml(id)}">${JSON.stringify(value)
      .replaceAll('<', String.raw`\u003c`)
      .replaceAll('\u2028', String.raw`\u2028`)}</script>`,
  );
