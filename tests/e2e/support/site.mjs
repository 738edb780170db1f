// The site's own public files: what a visitor's browser may keep of it, and nothing else.

import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join, relative, sep } from "node:path";

import { DIST } from "./server.mjs";

/** Files that are built and that no page asks for. */
const UNASKED = /(^\/service-worker\.js|\.map|\.d\.ts|\.br|\/\.gitignore|\/package\.json)$/;

/** Every file that is to be kept: its path, and the SHA-256 of its bytes in hex. */
export function publicFiles(folder = DIST) {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name));
  return Object.fromEntries(
    files
      .map((file) => [`/${relative(folder, file).split(sep).join("/")}`, file])
      .filter(([path]) => !UNASKED.test(path))
      .map(([path, file]) => [
        path === "/index.html" ? "/" : path,
        createHash("sha256").update(readFileSync(file)).digest("hex"),
      ])
      .sort(),
  );
}

/** What a page's caches hold, in the same form; runs in the page. A response that says more than a file does is named. */
export async function keptFiles() {
  const kept = {};
  for (const name of await caches.keys()) {
    const cache = await caches.open(name);
    for (const request of await cache.keys()) {
      const { pathname, search, hash, origin } = new URL(request.url);
      const response = await cache.match(request);
      const digest = await crypto.subtle.digest("SHA-256", await response.arrayBuffer());
      const hex = Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, "0")).join("");
      const path = origin === location.origin ? `${pathname}${search}${hash}` : request.url;
      kept[path in kept ? `${path} again, in ${name}` : path] = hex;
    }
  }
  return Object.fromEntries(Object.entries(kept).sort());
}
