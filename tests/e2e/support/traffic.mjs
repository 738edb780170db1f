// Watches every way out of a page and of its worker: what is installed before any script of theirs
// runs, and how to fetch what it has seen.

/**
 * Runs in a page or in a worker, first of all: keeps a copy of whatever is handed to something that
 * leads out. Self-contained, because it is sent there as text.
 */
export function instrument() {
  /** `[channel, bytes]` for every piece, in order; strings as UTF-8, numbers as 32-bit words. */
  const seen = [];
  const send = globalThis.fetch.bind(globalThis);
  const pending = new Set();
  const text = new TextEncoder();
  const keep = (channel, bytes) => bytes.length > 0 && seen.push([channel, bytes]);

  /** Keeps every byte that can be reached from a value. */
  const note = (channel, value, visited = new Set()) => {
    if (typeof value === "string") return keep(channel, text.encode(value));
    if (typeof value !== "object" || value === null || visited.has(value)) return;
    visited.add(value);
    if (ArrayBuffer.isView(value)) {
      return keep(channel, new Uint8Array(value.buffer, value.byteOffset, value.byteLength).slice());
    }
    if (value instanceof ArrayBuffer) return keep(channel, new Uint8Array(value).slice());
    if (typeof SharedArrayBuffer !== "undefined" && value instanceof SharedArrayBuffer) {
      return keep(channel, new Uint8Array(value).slice());
    }
    if (value instanceof WebAssembly.Memory) return note(channel, value.buffer, visited);
    if (value instanceof Blob || value instanceof Request) {
      if (value instanceof Request) keep(channel, text.encode(value.url));
      const bytes = value instanceof Request ? value.clone().arrayBuffer() : value.arrayBuffer();
      const later = bytes.then((buffer) => note(channel, buffer)).finally(() => pending.delete(later));
      pending.add(later);
      return;
    }
    if (value instanceof Response) return note(channel, new Request("/", { method: "POST", body: value.clone().body, duplex: "half" }));
    if (value instanceof Error) return note(channel, `${value.message}\n${value.stack}`, visited);
    if (typeof ImageData !== "undefined" && value instanceof ImageData) return note(channel, value.data, visited);
    if (Array.isArray(value) && value.every((item) => typeof item === "number")) {
      keep(channel, text.encode(value.join(",")));
      keep(channel, Uint8Array.from(value));
      return keep(channel, new Uint8Array(Int32Array.from(value).buffer));
    }
    if (value instanceof URL) return note(channel, value.href, visited);
    if (typeof value[Symbol.iterator] === "function") for (const item of value) note(channel, item, visited);
    for (const key of Object.keys(value)) {
      note(channel, key, visited);
      note(channel, value[key], visited);
    }
  };

  const wrap = (owner, name, channel) => {
    const native = owner?.[name];
    if (typeof native !== "function") return;
    owner[name] = function (...args) {
      // What a message hands over is in the message, too.
      note(channel, name === "postMessage" ? args[0] : args);
      return Reflect.apply(native, this, args);
    };
  };
  const wrapAll = (type, names, channel) => names.forEach((name) => wrap(globalThis[type]?.prototype, name, channel));
  const wrapConstructor = (name, channel) => {
    const native = globalThis[name];
    if (typeof native !== "function") return;
    globalThis[name] = new Proxy(native, {
      construct(target, args, newTarget) {
        note(channel, args);
        const made = Reflect.construct(target, args, newTarget);
        if (channel === "Worker") made.addEventListener("message", ({ data }) => note("from the worker", data));
        return made;
      },
    });
  };

  wrap(globalThis, "fetch", "fetch");
  wrapAll("XMLHttpRequest", ["open", "send", "setRequestHeader"], "XMLHttpRequest");
  wrapAll("WebSocket", ["send"], "WebSocket");
  wrapConstructor("WebSocket", "WebSocket");
  wrapConstructor("WebSocketStream", "WebSocket");
  wrapConstructor("WebTransport", "WebTransport");
  wrapConstructor("EventSource", "EventSource");
  wrapAll("Navigator", ["sendBeacon"], "sendBeacon");
  wrapAll("Navigator", ["share"], "share");
  wrapConstructor("RTCPeerConnection", "WebRTC");
  wrapAll("RTCPeerConnection", ["createDataChannel", "setLocalDescription", "setRemoteDescription", "addIceCandidate"], "WebRTC");
  wrapAll("RTCDataChannel", ["send"], "WebRTC");
  for (const type of ["Worker", "SharedWorker"]) wrapConstructor(type, type);
  wrapAll("Worker", ["postMessage"], "Worker");
  wrapAll("ServiceWorker", ["postMessage"], "ServiceWorker");
  wrapAll("ServiceWorkerContainer", ["register"], "ServiceWorker");
  wrapAll("MessagePort", ["postMessage"], "MessagePort");
  wrapAll("BroadcastChannel", ["postMessage"], "BroadcastChannel");
  wrapConstructor("BroadcastChannel", "BroadcastChannel");
  wrap(globalThis, "postMessage", typeof document === "undefined" ? "from the worker" : "window.postMessage");
  wrapAll("IDBObjectStore", ["add", "put"], "IndexedDB");
  wrapAll("IDBCursor", ["update"], "IndexedDB");
  wrapAll("IDBFactory", ["open"], "IndexedDB");
  wrapAll("Storage", ["setItem"], "storage");
  wrapAll("Cache", ["add", "addAll", "put"], "caches");
  wrapAll("CacheStorage", ["open"], "caches");
  wrapAll("CookieStore", ["set"], "cookies");
  wrapAll("FileSystemDirectoryHandle", ["getFileHandle", "getDirectoryHandle"], "file system");
  wrapAll("FileSystemWritableFileStream", ["write"], "file system");
  wrapAll("FileSystemSyncAccessHandle", ["write"], "file system");
  wrapAll("History", ["pushState", "replaceState"], "history");
  wrapAll("Clipboard", ["write", "writeText"], "clipboard");
  wrapConstructor("ClipboardItem", "clipboard");
  wrapAll("DataTransfer", ["setData"], "clipboard");
  wrap(URL, "createObjectURL", "blobs");
  wrapConstructor("Notification", "notifications");
  wrap(globalThis, "open", "window.open");
  for (const name of Object.keys(console)) wrap(console, name, "console");
  if (typeof document !== "undefined") {
    const cookie = Object.getOwnPropertyDescriptor(Document.prototype, "cookie");
    Object.defineProperty(Document.prototype, "cookie", {
      ...cookie,
      set(value) {
        note("cookies", value);
        cookie.set.call(this, value);
      },
    });
    addEventListener("click", ({ target }) => target instanceof HTMLAnchorElement && note("links", target.href), true);
    const click = HTMLAnchorElement.prototype.click;
    HTMLAnchorElement.prototype.click = function () {
      note("links", this.href);
      click.call(this);
    };
    globalThis.navigation?.addEventListener("navigate", ({ destination }) => note("navigation", destination.url));
  }

  // What the vault draws its key from, and where it keeps it: for the test alone.
  const vault = { seeds: [], memory: undefined };
  if (typeof document !== "undefined") {
    const random = Crypto.prototype.getRandomValues;
    Crypto.prototype.getRandomValues = function (array) {
      random.call(this, array);
      if (array.byteLength === 32) vault.seeds.push(Array.from(new Uint8Array(array.buffer, array.byteOffset, 32)));
      return array;
    };
    const instantiate = WebAssembly.instantiate;
    WebAssembly.instantiate = async (...args) => {
      const result = await instantiate.apply(WebAssembly, args);
      const { exports } = result.instance ?? result;
      if ("vault_decrypt" in exports) vault.memory = exports.memory;
      return result;
    };
  }

  /** What lies in the stores by now, whichever way it got there. */
  const stored = async () => {
    if (typeof document === "undefined") return;
    for (const store of [localStorage, sessionStorage]) note("storage", Object.entries(store));
    note("cookies", document.cookie);
    note("navigation", location.href);
    note("history", history.state ?? "");
    note("window.name", window.name);
    for (const name of await caches.keys()) {
      const cache = await caches.open(name);
      for (const request of await cache.keys()) {
        note("caches", request.url);
        note("caches", await (await cache.match(request)).arrayBuffer());
      }
    }
  };

  /** Hands pieces to the test's server: names and lengths as JSON, a line's end, the bytes. */
  const handOver = (pieces) => {
    const index = JSON.stringify(pieces.map(([channel, bytes]) => [channel, bytes.length]));
    const body = new Blob([index, "\n", ...pieces.map(([, bytes]) => bytes)]);
    return send("/collected", { method: "POST", body }).then(() => {});
  };
  globalThis.watched = {
    vault,
    async drain() {
      await stored();
      await Promise.all(pending);
      await handOver(seen.splice(0));
    },
    vaultMemory: () => handOver([["memory", new Uint8Array(vault.memory.buffer).slice()]]),
  };
}

/** What came out of a page and its workers, by channel. */
export class Watch {
  /** `{ channel, bytes }` for each piece, in the order in which they were fetched. */
  pieces = [];
  #page;
  #server;

  /** Notes from now on what `page`'s context asks of the network, and what it prints. */
  constructor(page, server) {
    this.#page = page;
    this.#server = server;
    const note = (channel, text) => this.pieces.push({ channel, bytes: Buffer.from(text) });
    page.context().on("request", (request) => {
      if (request.url().endsWith("/collected")) return;
      note("requests", `${request.method()} ${request.url()} ${JSON.stringify(request.headers())}`);
      const body = request.postDataBuffer();
      if (body) this.pieces.push({ channel: "requests", bytes: body });
    });
    page.on("console", (message) => note("console", message.text()));
    page.on("download", (download) => note("downloads", `${download.url()} ${download.suggestedFilename()}`));
  }

  /** Fetches what has been seen since the last time. */
  async fetch() {
    // Not its threads: they wait within the program, and say nothing but that they are ready.
    const workers = this.#page.workers().filter((worker) => worker.url().endsWith("/evaluator-worker.js"));
    await this.#page.evaluate(() => watched.drain());
    for (const worker of workers) {
      // One that is just being ended cannot tell what it saw; the page has seen what came of it.
      await worker.evaluate(() => watched.drain()).catch(() => {});
    }
    this.pieces.push(...this.#collected());
  }

  /** All of the vault's memory. */
  async vaultMemory() {
    await this.#page.evaluate(() => watched.vaultMemory());
    return this.#collected()[0].bytes;
  }

  #collected() {
    return this.#server.collected.splice(0).flatMap((body) => {
      const end = body.indexOf("\n");
      let at = end + 1;
      return JSON.parse(body.subarray(0, end)).map(([channel, length]) => {
        const bytes = body.subarray(at, at + length);
        at += length;
        return { channel, bytes };
      });
    });
  }

  /** All bytes of each channel, one after the other. */
  channels() {
    const channels = new Map();
    for (const { channel, bytes } of this.pieces) {
      if (!channels.has(channel)) channels.set(channel, []);
      channels.get(channel).push(bytes);
    }
    return new Map([...channels].map(([channel, list]) => [channel, Buffer.concat(list)]));
  }

  /** For each channel that has any of what is looked for, what. */
  finds(needles) {
    const found = [...this.channels()].map(([channel, bytes]) => [channel, [...needles.in(bytes)]]);
    return Object.fromEntries(found.filter(([, names]) => names.length > 0));
  }
}
