// Server-sent events, as far as the consumer API sends them: the name and the data of each frame; comments and ids are left out.

export type Frame = { readonly event: string; readonly data: string };

/** All frames that came whole with one chunk, together: what is read at once is a batch. `onBroken`: the connection ended before the stream did. */
export async function* readFrames(
  chunks: AsyncIterable<Uint8Array>,
  onBroken: (cause: unknown) => never,
): AsyncGenerator<readonly Frame[]> {
  const decoder = new TextDecoder();
  const reading = chunks[Symbol.asyncIterator]();
  let rest = '';
  for (;;) {
    const { done, value } = await reading.next().catch(onBroken);
    if (done === true) return;
    const parts = (rest + decoder.decode(value, { stream: true })).split('\n\n');
    rest = parts.pop() ?? '';
    const frames = parts.flatMap(frameIn);
    if (frames.length > 0) yield frames;
  }
}

const frameIn = (text: string): readonly Frame[] => {
  const lines = text.split('\n');
  const data = lines.filter((line) => line.startsWith('data: ')).map((line) => line.slice('data: '.length));
  const event = lines.find((line) => line.startsWith('event: '))?.slice('event: '.length);
  return event === undefined ? [] : [{ event, data: data.join('\n') }];
};
