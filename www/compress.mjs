// Compresses the built site's files once, so that no server has to: FILE.br stands beside FILE wherever that saves
// something. What has been compressed before is taken from target/compressed/, by its SHA-256.
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { brotliCompress } from "node:zlib";

import { askedFor } from "./staged.mjs";

const BEFORE = fileURLToPath(new URL("../target/compressed/", import.meta.url));
const WORTH = 0.95;

mkdirSync(BEFORE, { recursive: true });
await Promise.all(
  askedFor().map(async (file) => {
    const bytes = readFileSync(file);
    const kept = join(BEFORE, createHash("sha256").update(bytes).digest("hex"));
    if (!existsSync(kept)) {
      const compressed = await promisify(brotliCompress)(bytes);
      // In one step: a build that is broken off leaves nothing half written.
      writeFileSync(`${kept}.new`, compressed);
      renameSync(`${kept}.new`, kept);
    }
    const compressed = readFileSync(kept);
    if (compressed.length < WORTH * bytes.length) writeFileSync(`${file}.br`, compressed);
  }),
);
