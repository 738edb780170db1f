// Lists the files of the built site for its service worker. May be run again after files have
// changed.
//
// Writes the path and the SHA-256 of each file into service-worker.js, and the site's version into
// it and into index.html. Files that no visitor's browser requests are not listed.
import { createHash } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { join, relative, sep } from "node:path";

import { servedFiles, staging } from "./staged.mjs";

const INDEX = join(staging, "index.html");
const WORKER = join(staging, "service-worker.js");
const VERSION_TAG = /<meta name="version" content="\w+">/;
const LISTS = /^const FILES=.*\n/;

const sha256 = (bytes) => createHash("sha256").update(bytes).digest("base64");

const files = {};
for (const file of servedFiles()) {
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
if (!VERSION_TAG.test(index)) throw new Error('index.html has no <meta name="version">');
const stamped = index.replace(VERSION_TAG, `<meta name="version" content="${version}">`);
writeFileSync(INDEX, stamped);
files["/"] = sha256(stamped);

const lists = `const FILES=${JSON.stringify(files)},VERSION=${JSON.stringify(version)};`;
writeFileSync(WORKER, `${lists}\n${program}`);
