// The service worker: keeps the site's own public files, each checked against the hash that it was built with, and
// answers from them, with or without a network. It keeps nothing else, and asks nobody else. What is no file of the site
// (a companion's API) passes by it.
//
// Where a host cannot send the headers that isolate the page, files that are kept get them here: after the first visit
// the evaluator has its threads on any host.

export {};

declare const self: ServiceWorkerGlobalScope;
/** The site's files: path and SHA-256 in base64; and the version that they are together. precache.mjs writes both. */
declare const FILES: Readonly<Record<string, string>>;
declare const VERSION: string;
/** What isolates the page, from headers.json. build.mjs writes it. */
declare const ISOLATION: Readonly<Record<string, string>>;

const PREFIX = "inkognito-";
const CACHE = `${PREFIX}${VERSION}`;
const INDEX = "/";

self.addEventListener("install", (event) => event.waitUntil(keepAll()));
self.addEventListener("activate", (event) => event.waitUntil(takeOver()));
self.addEventListener("message", (event) => {
  if (event.data === "take over") void self.skipWaiting();
});

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  const path = pathname === "/index.html" ? INDEX : pathname;
  if (request.method !== "GET" || origin !== self.location.origin || !(path in FILES)) return;
  event.respondWith(answer(path, request));
  if (path === INDEX) event.waitUntil(renewIndex());
});

async function answer(path: string, request: Request): Promise<Response> {
  const cache = await caches.open(CACHE);
  const kept = await cache.match(path, { ignoreVary: true });
  return kept ? isolated(kept) : fetch(request);
}

function isolated(response: Response): Response {
  const missing = Object.entries(ISOLATION).filter(([name]) => !response.headers.has(name));
  if (missing.length === 0) return response;
  const headers = new Headers(response.headers);
  for (const [name, value] of missing) headers.set(name, value);
  return new Response(response.body, {
    status: response.status,
    statusText: response.statusText,
    headers,
  });
}

/** All files or none. */
async function keepAll(): Promise<void> {
  try {
    const cache = await caches.open(CACHE);
    await Promise.all([
      keepIndex(cache),
      ...Object.entries(FILES).map(async ([path, hash]) => {
        if (path === INDEX) return;
        const response = await fetch(path, { cache: "no-cache", integrity: `sha256-${hash}` });
        if (!response.ok) throw new Error(`${path}: the server answered ${response.status}`);
        await cache.put(path, response);
      }),
    ]);
  } catch (error) {
    await caches.delete(CACHE);
    throw error;
  }
}

/** A companion may name other companions in the page's policy, so its bytes may differ. Its version must not. */
async function keepIndex(cache: Cache): Promise<void> {
  const response = await fetch(INDEX, { cache: "no-cache" });
  const text = await response.clone().text();
  if (!response.ok || !text.includes(`content="${VERSION}"`))
    throw new Error("the page is of another version");
  await cache.put(INDEX, response);
}

/** Headers and policy may change while the version stays. Without a network what is kept is kept. */
async function renewIndex(): Promise<void> {
  try {
    await keepIndex(await caches.open(CACHE));
  } catch {
    // Offline, or there is a newer version: it comes with a service worker of its own.
  }
}

async function takeOver(): Promise<void> {
  const names = await caches.keys();
  await Promise.all(
    names
      .filter((name) => name.startsWith(PREFIX) && name !== CACHE)
      .map((name) => caches.delete(name)),
  );
  await self.clients.claim();
}
