import { wordlist } from '@scure/bip39/wordlists/english.js';
import type { Sha256 } from './join-string.ts';

/**
 * Six words that both ends derive from the CA pin and the device key. Equal words on the operator's screen and on the
 * device mean that both see the same CA and the same key: 66 bits, read aloud in a few seconds.
 * @param caPin `sha256:<hex>` of the CA the device trusts for this WFM
 * @param spkiSha256 hex SHA-256 of the device key
 */
export function pairingWords(caPin: string, spkiSha256: string, sha256: Sha256): string[] {
  const digest = sha256(
    new TextEncoder().encode(`muster-pairing-1\n${caPin.toLowerCase()}\n${spkiSha256.toLowerCase()}`),
  );
  const bits = Array.from(digest.subarray(0, 9), (b) => b.toString(2).padStart(8, '0')).join('');
  // 2048 words: eleven bits each.
  return Array.from(
    { length: 6 },
    (_, i) => wordlist[Number.parseInt(bits.slice(i * 11, i * 11 + 11), 2)] ?? '',
  );
}
