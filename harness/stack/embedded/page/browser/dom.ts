// Elements made of text and other elements, never of HTML: what comes from a label, a log line or a span's name stays text.
import { safeUrl } from '../../../../dashboards/display/link.ts';

export type Child = Node | string | null;
type Handler = (event: Event) => void;
export type Attributes = Readonly<Record<string, string | number | boolean | Handler | undefined>>;

const apply = (node: Element, attributes: Attributes): void => {
  for (const [name, value] of Object.entries(attributes)) {
    if (value === undefined || value === false) continue;
    if (typeof value === 'function') node.addEventListener(name.replace(/^on/, ''), value);
    else node.setAttribute(name, value === true ? '' : String(value));
  }
};

const present = (children: readonly Child[]): readonly (Node | string)[] => children.filter((child) => child !== null);

/** An attribute that is a function is a listener: `onclick`. `href` is for `link` alone. */
export const el = <Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  attributes: Attributes = {},
  ...children: readonly Child[]
): HTMLElementTagNameMap[Tag] => {
  const node = document.createElement(tag);
  apply(node, attributes);
  node.append(...present(children));
  return node;
};

export const svg = (tag: string, attributes: Attributes = {}, ...children: readonly Child[]): SVGElement => {
  const node = document.createElementNS('http://www.w3.org/2000/svg', tag);
  apply(node, attributes);
  node.append(...present(children));
  return node;
};

/** A link, or its text alone where it must not be followed. */
export const link = (url: string, text: string, attributes: Attributes = {}): HTMLElement => {
  const href = safeUrl(url);
  return href === null ? el('span', attributes, text) : el('a', { ...attributes, href }, text);
};

/** Through the object model: the content security policy allows no style in attributes. */
export const styled = <Styled extends HTMLElement | SVGElement>(node: Styled, style: Readonly<Record<string, string>>): Styled => {
  for (const [name, value] of Object.entries(style)) node.style.setProperty(name, value);
  return node;
};

export const swap = (parent: Element, ...children: readonly Child[]): void => parent.replaceChildren(...present(children));

/** Controls that are made anew: the one that had the focus has it again. */
export const keepingFocus = (parent: Element, change: () => void): void => {
  const focused = parent.contains(document.activeElement) ? document.activeElement : null;
  const selector = focused?.id ? `#${CSS.escape(focused.id)}` : `[aria-label="${CSS.escape(focused?.getAttribute('aria-label') ?? '')}"]`;
  change();
  if (focused !== null) parent.querySelector<HTMLElement>(selector)?.focus();
};
