// What the page carries with it: uPlot from node_modules, and our own style and script. Inlined, so that the report is one file.
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

export type PageAssets = { readonly plotCode: string; readonly plotStyle: string; readonly style: string; readonly client: string };

export const readAssets = async (): Promise<PageAssets> => {
  const uplot = dirname(createRequire(import.meta.url).resolve('uplot/package.json'));
  const own = (name: string): URL => new URL(`./${name}`, import.meta.url);
  const [plotCode, plotStyle, style, client] = await Promise.all([
    readFile(join(uplot, 'dist', 'uPlot.iife.min.js'), 'utf8'),
    readFile(join(uplot, 'dist', 'uPlot.min.css'), 'utf8'),
    readFile(own('page.css'), 'utf8'),
    readFile(own('plots.client.js'), 'utf8'),
  ]);
  return { plotCode, plotStyle, style, client };
};
