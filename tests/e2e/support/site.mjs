// The public files of the site: what a visitor's browser may store of it, and nothing else.

import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join, relative, sep } from "node:path";

import { DIST } from "./server.mjs";

/** Files that are built and that the page never requests. */
const NEVER_REQUESTED = /(^\/service-worker\.js|\.map|\.d\.ts|\.br|\/\.gitignore|\/package\.json)$/;

/** Returns each file that is to be stored: its path, and the SHA-256 of its bytes in hex. */
export function publicFiles(folder = DIST) {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name));
  return Object.fromEntries(
    files
      .map((file) => [`/${relative(folder, file).split(sep).join("/")}`, file])
      .filter(([path]) => !NEVER_REQUESTED.test(path))
      .map(([path, file]) => [
        path === "/index.html" ? "/" : path,
        createHash("sha256").update(readFileSync(file)).digest("hex"),
      ])
      .sort(),
  );
}

/**
 * In the page: returns what its caches hold, in the same form. The name of a response that is not
 * simply a file of the site is its whole address, or names the cache.
 */
export async function storedFiles() {
  const stored = {};
  for (const name of await caches.keys()) {
    const cache = await caches.open(name);
    for (const request of await cache.keys()) {
      const { pathname, search, hash, origin } = new URL(request.url);
      const response = await cache.match(request);
      const digest = await crypto.subtle.digest("SHA-256", await response.arrayBuffer());
      const toHex = (byte) => byte.toString(16).padStart(2, "0");
      const hex = Array.from(new Uint8Array(digest), toHex).join("");
      const isOwn = origin === location.origin;
      const path = isOwn ? `${pathname}${search}${hash}` : request.url;
      stored[path in stored ? `${path} again, in ${name}` : path] = hex;
    }
  }
  return Object.fromEntries(Object.entries(stored).sort());
}
