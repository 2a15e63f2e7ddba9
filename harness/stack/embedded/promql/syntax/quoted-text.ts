// String literals: "…", '…' with Go's escapes, `…` raw.
import { isUtf8 } from 'node:buffer';

const simple: Readonly<Record<string, string>> = { a: '\x07', b: '\b', f: '\f', n: '\n', r: '\r', t: '\t', v: '\v', '\\': '\\' };

const numeric = /^(?:x([\da-fA-F]{2})|u([\da-fA-F]{4})|U([\da-fA-F]{8})|([0-7]{3}))/;

const encodeCode = (parts: RegExpExecArray): Buffer | null => {
  const [, byte, short, long, octal] = parts;
  if (byte !== undefined || octal !== undefined) {
    const value = byte === undefined ? Number.parseInt(octal!, 8) : Number.parseInt(byte, 16);
    return value > 255 ? null : Buffer.of(value);
  }
  const code = Number.parseInt(short ?? long!, 16);
  return code > 0x10ffff ? null : Buffer.from(String.fromCodePoint(code));
};

/** Null where the literal is not closed, has an escape that does not exist, or is no UTF-8: no label could be equal to it. */
export const unquote = (literal: string): string | null => {
  const quote = literal[0]!;
  if (literal.length < 2 || !literal.endsWith(quote)) return null;
  const body = literal.slice(1, -1);
  if (quote === '`') return body;
  if (body.includes('\n')) return null;
  if (!body.includes('\\')) return body;
  // Bytes, because \x and octal escapes are bytes of UTF-8, not characters.
  const pieces: Buffer[] = [];
  for (let at = 0; at < body.length;) {
    const plain = /^[^\\]+/.exec(body.slice(at));
    if (plain !== null) {
      pieces.push(Buffer.from(plain[0]));
      at += plain[0].length;
      continue;
    }
    const escape = body.slice(at + 1);
    const code = numeric.exec(escape);
    const piece = code === null ? simpleEscape(escape[0] ?? '', quote) : encodeCode(code);
    if (piece === null) return null;
    pieces.push(piece);
    at += 1 + (code === null ? 1 : code[0].length);
  }
  const bytes = Buffer.concat(pieces);
  return isUtf8(bytes) ? bytes.toString('utf8') : null;
};

const simpleEscape = (character: string, quote: string): Buffer | null => {
  const found = character === quote ? quote : simple[character];
  return found === undefined ? null : Buffer.from(found);
};
