// The events of a comparison: about 260 bytes, over many keys, each with an id of its own.
export const compareEvent = (run: string, n: number): { readonly id: string; readonly body: string } => {
  const id = `${run}-${n}`;
  const event = {
    system_name: 'compare',
    object_id: `object-${n % 2000}`,
    event_name: 'order_paid',
    event_time: new Date().toISOString(),
    metadata: {
      user: `user-${n % 997}`,
      amount: (n % 10_000) / 100,
      currency: 'EUR',
      note: 'a line of text as long as one finds it in events',
    },
    id,
  };
  return { id, body: JSON.stringify(event) };
};
