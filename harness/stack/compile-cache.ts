import { fileURLToPath } from 'node:url';

/** Compiled code is kept between starts: a process is ready in half the time. It grows with each version of the code, and may be deleted at any time. */
export const compileCache = fileURLToPath(new URL('../../node_modules/.cache/faultline-compile', import.meta.url));
