// Reads tokens one by one for the parsers, and refuses by name and position.
import { QueryRefused } from '../../query-refused.ts';
import type { Token } from './tokens.ts';

export type TokenReader = {
  peek(ahead?: number): Token | undefined;
  take(): Token;
  /** Takes the mark if it is next. */
  skip(text: string): boolean;
  expect(text: string): void;
  /** What was written from a token on to the one that was taken last. */
  textSince(token: Token): string;
  refuse(token: Token | undefined, message: string): never;
  /** Bounds the depth of what is nested; leaves again when disposed. */
  enter(token: Token | undefined): Disposable;
};

const maxDepth = 64;

export const createTokenReader = (query: string, tokens: readonly Token[]): TokenReader => {
  let at = 0;
  let depth = 0;
  const refuse = (token: Token | undefined, message: string): never => {
    throw new QueryRefused(query, token?.from ?? query.length, message);
  };
  const isMark = (token: Token | undefined, text: string): boolean => token?.kind === 'mark' && token.text === text;
  const skip = (text: string): boolean => {
    if (!isMark(tokens[at], text)) return false;
    at += 1;
    return true;
  };
  return {
    peek: (ahead = 0) => tokens[at + ahead],
    take() {
      const token = tokens[at] ?? refuse(undefined, 'the query ends too early');
      at += 1;
      return token;
    },
    skip,
    expect(text) {
      if (!skip(text)) refuse(tokens[at], `expected ${text}`);
    },
    textSince({ from }) {
      const last = tokens[at - 1];
      return last === undefined ? '' : query.slice(from, last.from + last.text.length);
    },
    refuse,
    enter(token) {
      depth += 1;
      if (depth > maxDepth) refuse(token, `nested deeper than ${maxDepth}`);
      return { [Symbol.dispose]: () => void (depth -= 1) };
    },
  };
};
