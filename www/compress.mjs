// Compresses the files of the built site, so that no server has to: writes FILE.br next to FILE
// where that is smaller. Files that have been compressed before are taken from target/compressed/,
// by their SHA-256.
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { brotliCompress } from "node:zlib";

import { servedFiles } from "./staged.mjs";

const CACHE = fileURLToPath(new URL("../target/compressed/", import.meta.url));
/** A compressed file is used where it is smaller than the file by this factor. */
const MAX_RATIO = 0.95;

mkdirSync(CACHE, { recursive: true });
await Promise.all(
  servedFiles().map(async (file) => {
    const bytes = readFileSync(file);
    const cached = join(CACHE, createHash("sha256").update(bytes).digest("hex"));
    if (!existsSync(cached)) {
      const compressed = await promisify(brotliCompress)(bytes);
      // Renamed in one step, so that a build that is interrupted leaves no incomplete file.
      writeFileSync(`${cached}.new`, compressed);
      renameSync(`${cached}.new`, cached);
    }
    const compressed = readFileSync(cached);
    if (compressed.length < MAX_RATIO * bytes.length) writeFileSync(`${file}.br`, compressed);
  }),
);
