/** The same hash as the kernel side makes, so that a stale result can be told. */

const OFFSET = 0x811c9dc5;
const PRIME = 0x01000193;

/**
 * FNV-1a, 32 bits, of a cell's text: eight lower-case hexadecimal digits.
 *
 * Only space, tab, CR and LF are stripped at both ends: Python's `strip` and
 * JavaScript's `trim` disagree on rarer characters. `crypto.subtle` is absent
 * on plain http, and nothing here needs a cryptographic hash.
 */
export function sourceHash(source: string): string {
  const text = source.replace(/^[ \t\r\n]+|[ \t\r\n]+$/g, '');
  let hash = OFFSET;
  for (const byte of new TextEncoder().encode(text)) {
    hash = Math.imul(hash ^ byte, PRIME) >>> 0;
  }
  return hash.toString(16).padStart(8, '0');
}
