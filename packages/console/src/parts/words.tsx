/** Pairing words: the same as on the device, or it is another device. */
export function Words({ of }: { of: readonly string[] }) {
  return (
    <span className="words" aria-label="pairing words">
      {of.join(' ')}
    </span>
  );
}
