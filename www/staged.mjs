// The built site in the folder where Trunk has put it together, which TRUNK_STAGING_DIR names.
import { readdirSync } from "node:fs";
import { join } from "node:path";

export const staging = process.env.TRUNK_STAGING_DIR;
if (!staging) throw new Error("TRUNK_STAGING_DIR is not set: Trunk calls this, as Trunk.toml says");

const UNASKED = /(\.map|\.d\.ts|\.br|^\.gitignore|^package\.json)$/;

/** Every file that a visitor's browser may ask for by its name, in order. */
export function askedFor() {
  return readdirSync(staging, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !UNASKED.test(entry.name))
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name))
    .sort();
}
