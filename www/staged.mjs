// The files of the built site, in the folder where Trunk puts them together (TRUNK_STAGING_DIR).
import { readdirSync } from "node:fs";
import { join } from "node:path";

export const staging = process.env.TRUNK_STAGING_DIR;
if (!staging) throw new Error("TRUNK_STAGING_DIR is not set: Trunk calls this, as Trunk.toml says");

const NOT_SERVED = /(\.map|\.d\.ts|\.br|^\.gitignore|^package\.json)$/;

/** Returns every file that a visitor's browser may request by its name, in order. */
export function servedFiles() {
  return readdirSync(staging, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !NOT_SERVED.test(entry.name))
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name))
    .sort();
}
