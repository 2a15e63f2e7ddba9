// The Content-Encodings that a request's body may have.
import * as zlib from 'node:zlib';

export type ContentEncoding = 'gzip' | 'deflate' | 'br' | 'zstd';

/** Node has zstd since 22.15. */
export const contentEncodings: readonly ContentEncoding[] = [
  'gzip',
  'deflate',
  'br',
  ...('zstdDecompress' in zlib ? (['zstd'] as const) : []),
];
