// Gives the memory of an array back at once. The collector sees an array of millions of numbers as one small object, and lets many of them gather.

/** The array is empty from then on. */
export const release = ({ buffer }: { readonly buffer: ArrayBufferLike }): void => void (buffer as ArrayBuffer).transfer(0);
