// Compresses the built site's files once, so that no server has to: FILE.br stands beside FILE wherever that saves
// something. What has been compressed before is taken from target/compressed/, by its SHA-256.
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { brotliCompress } from "node:zlib";

const staging = process.env.TRUNK_STAGING_DIR;
if (!staging) throw new Error("TRUNK_STAGING_DIR is not set: Trunk calls this, as Trunk.toml says");

const BEFORE = fileURLToPath(new URL("../target/compressed/", import.meta.url));
/** What nobody asks for, or what is compressed by itself. */
const LEFT = /(\.map|\.d\.ts|\.br|\.png|\/\.gitignore|\/package\.json)$/;
const WORTH = 0.95;

mkdirSync(BEFORE, { recursive: true });
const files = readdirSync(staging, { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile())
  .map((entry) => join(entry.parentPath ?? entry.path, entry.name))
  .filter((file) => !LEFT.test(file));
await Promise.all(
  files.map(async (file) => {
    const bytes = readFileSync(file);
    const kept = join(BEFORE, createHash("sha256").update(bytes).digest("hex"));
    if (!existsSync(kept)) writeFileSync(kept, await promisify(brotliCompress)(bytes));
    const compressed = readFileSync(kept);
    if (compressed.length < WORTH * bytes.length) writeFileSync(`${file}.br`, compressed);
  }),
);
