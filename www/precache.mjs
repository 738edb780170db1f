// Lists the built site for its service worker, once all is in the folder that TRUNK_STAGING_DIR names. May be done again
// after something has been changed there.
//
// Writes into service-worker.js every file's path and SHA-256, and into both it and index.html the version that they are
// together. Not listed: what no visitor's browser asks for.
import { createHash } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { join, relative, sep } from "node:path";

import { askedFor, staging } from "./staged.mjs";

const INDEX = join(staging, "index.html");
const WORKER = join(staging, "service-worker.js");
const STAMP = /<meta name="version" content="\w+">/;
const LISTS = /^const FILES=.*\n/;

const sha256 = (bytes) => createHash("sha256").update(bytes).digest("base64");

const files = {};
for (const file of askedFor()) {
  if (file === WORKER) continue;
  const path = `/${relative(staging, file).split(sep).join("/")}`;
  files[file === INDEX ? "/" : path] = sha256(readFileSync(file));
}

const program = readFileSync(WORKER, "utf8").replace(LISTS, "");
const version = createHash("sha256")
  .update(JSON.stringify(files))
  .update(program)
  .digest("hex")
  .slice(0, 16);

const index = readFileSync(INDEX, "utf8");
if (!STAMP.test(index)) throw new Error("index.html has no place for its version");
const stamped = index.replace(STAMP, `<meta name="version" content="${version}">`);
writeFileSync(INDEX, stamped);
files["/"] = sha256(stamped);

const lists = `const FILES=${JSON.stringify(files)},VERSION=${JSON.stringify(version)};`;
writeFileSync(WORKER, `${lists}\n${program}`);
