// Anything may be thrown; this is the message of what was caught.

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
