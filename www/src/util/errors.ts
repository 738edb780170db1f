// What is caught may be anything; this is what it has to say.

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
