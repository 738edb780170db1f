// Bytes in hexadecimal, and their hash.

/** "00ff10", or with a separator "00 ff 10". */
export function hex(bytes: Uint8Array, separator = ""): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join(separator);
}

/**
 * Returns the SHA-256 in hexadecimal, or nothing where the page did not come over a secure
 * connection.
 */
export async function sha256(bytes: Uint8Array): Promise<string | undefined> {
  const { subtle } = crypto as { subtle?: SubtleCrypto };
  if (!subtle) return undefined;
  return hex(new Uint8Array(await subtle.digest("SHA-256", bytes as BufferSource)));
}
