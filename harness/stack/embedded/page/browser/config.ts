// What the server told this page.
import type { PageConfig } from '../logic/page-config.ts';

const read = (): PageConfig => {
  const text = document.querySelector<HTMLMetaElement>('meta[name="faultline-page"]')?.content;
  if (text === undefined) throw new Error('The page came without its configuration: reload it.');
  return JSON.parse(text) as PageConfig;
};

export const pageConfig = read();
