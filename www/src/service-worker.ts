// The service worker: stores the site's own public files, each checked against its hash from the
// build, and answers from them, with or without a network. It stores nothing else. Requests for
// anything but these files, such as a companion's API, go to the network untouched.
//
// It adds the headers that isolate the page to stored files that lack them. So after the first
// visit the evaluator has its threads on any host, even one that cannot send these headers.

export {};

declare const self: ServiceWorkerGlobalScope;
/**
 * The site's files, from path to SHA-256 in base64, and their version. precache.mjs writes both.
 */
declare const FILES: Readonly<Record<string, string>>;
declare const VERSION: string;
/** The headers that isolate the page, from headers.json. build.mjs writes them. */
declare const ISOLATION: Readonly<Record<string, string>>;

const PREFIX = "inkognito-";
const CACHE = `${PREFIX}${VERSION}`;
const INDEX = "/";

self.addEventListener("install", (event) => event.waitUntil(storeAll()));
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
  const stored = await cache.match(path, { ignoreVary: true });
  return stored ? isolated(stored) : fetch(request);
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

/** Stores all files, or none. */
async function storeAll(): Promise<void> {
  try {
    const cache = await caches.open(CACHE);
    await Promise.all([
      storeIndex(cache),
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

/**
 * Stores the page itself. Its hash is not checked: a companion may add other companions to the
 * page's policy. Its version is.
 */
async function storeIndex(cache: Cache): Promise<void> {
  const response = await fetch(INDEX, { cache: "no-cache" });
  const text = await response.clone().text();
  if (!response.ok || !text.includes(`content="${VERSION}"`))
    throw new Error("the page is of another version");
  await cache.put(INDEX, response);
}

/** Stores the page again: its headers and policy may change while its version stays. */
async function renewIndex(): Promise<void> {
  try {
    await storeIndex(await caches.open(CACHE));
  } catch {
    // There is no network, or a newer version, which has a service worker of its own.
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
