// Records everything that leaves a page or its worker: `instrument` wraps every function through
// which data can leave, before any other script runs, and `Traffic` collects what it recorded.

/**
 * In a page or in a worker, before any other script: wraps every function through which data can
 * leave, and records a copy of its arguments. Refers to nothing outside itself, because it is sent
 * as text.
 */
export function instrument() {
  /**
   * `[channel, bytes]` for every piece, in order. Strings are UTF-8. An array of numbers is
   * recorded as text, as bytes and as 32-bit words.
   */
  const pieces = [];
  const send = globalThis.fetch.bind(globalThis);
  const pending = new Set();
  const text = new TextEncoder();
  const recordBytes = (channel, bytes) => {
    if (bytes.length > 0) pieces.push([channel, bytes]);
  };

  /** Records every byte that can be reached from a value. */
  const record = (channel, value, visited = new Set()) => {
    if (typeof value === "string") return recordBytes(channel, text.encode(value));
    if (typeof value !== "object" || value === null || visited.has(value)) return;
    visited.add(value);
    if (ArrayBuffer.isView(value)) {
      return recordBytes(
        channel,
        new Uint8Array(value.buffer, value.byteOffset, value.byteLength).slice(),
      );
    }
    if (value instanceof ArrayBuffer) return recordBytes(channel, new Uint8Array(value).slice());
    if (typeof SharedArrayBuffer !== "undefined" && value instanceof SharedArrayBuffer) {
      return recordBytes(channel, new Uint8Array(value).slice());
    }
    if (value instanceof WebAssembly.Memory) return record(channel, value.buffer, visited);
    if (value instanceof Blob || value instanceof Request) {
      if (value instanceof Request) recordBytes(channel, text.encode(value.url));
      const bytes = value instanceof Request ? value.clone().arrayBuffer() : value.arrayBuffer();
      const later = bytes
        .then((buffer) => record(channel, buffer))
        .finally(() => pending.delete(later));
      pending.add(later);
      return;
    }
    if (value instanceof Response)
      return record(
        channel,
        new Request("/", { method: "POST", body: value.clone().body, duplex: "half" }),
      );
    if (value instanceof Error) return record(channel, `${value.message}\n${value.stack}`, visited);
    if (typeof ImageData !== "undefined" && value instanceof ImageData)
      return record(channel, value.data, visited);
    if (Array.isArray(value) && value.every((item) => typeof item === "number")) {
      recordBytes(channel, text.encode(value.join(",")));
      recordBytes(channel, Uint8Array.from(value));
      return recordBytes(channel, new Uint8Array(Int32Array.from(value).buffer));
    }
    if (value instanceof URL) return record(channel, value.href, visited);
    if (typeof value[Symbol.iterator] === "function")
      for (const item of value) record(channel, item, visited);
    for (const key of Object.keys(value)) {
      record(channel, key, visited);
      record(channel, value[key], visited);
    }
  };

  const wrap = (owner, name, channel) => {
    const native = owner?.[name];
    if (typeof native !== "function") return;
    owner[name] = function (...args) {
      // The objects that a message transfers are in the message, too.
      record(channel, name === "postMessage" ? args[0] : args);
      return Reflect.apply(native, this, args);
    };
  };
  const wrapAll = (type, names, channel) =>
    names.forEach((name) => wrap(globalThis[type]?.prototype, name, channel));
  const wrapConstructor = (name, channel) => {
    const native = globalThis[name];
    if (typeof native !== "function") return;
    globalThis[name] = new Proxy(native, {
      construct(target, args, newTarget) {
        record(channel, args);
        const made = Reflect.construct(target, args, newTarget);
        if (channel === "Worker")
          made.addEventListener("message", ({ data }) => record("from the worker", data));
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
  wrapAll(
    "RTCPeerConnection",
    ["createDataChannel", "setLocalDescription", "setRemoteDescription", "addIceCandidate"],
    "WebRTC",
  );
  wrapAll("RTCDataChannel", ["send"], "WebRTC");
  for (const type of ["Worker", "SharedWorker"]) wrapConstructor(type, type);
  wrapAll("Worker", ["postMessage"], "Worker");
  wrapAll("ServiceWorker", ["postMessage"], "ServiceWorker");
  wrapAll("ServiceWorkerContainer", ["register"], "ServiceWorker");
  wrapAll("MessagePort", ["postMessage"], "MessagePort");
  wrapAll("BroadcastChannel", ["postMessage"], "BroadcastChannel");
  wrapConstructor("BroadcastChannel", "BroadcastChannel");
  wrap(
    globalThis,
    "postMessage",
    typeof document === "undefined" ? "from the worker" : "window.postMessage",
  );
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
        record("cookies", value);
        cookie.set.call(this, value);
      },
    });
    addEventListener(
      "click",
      ({ target }) => target instanceof HTMLAnchorElement && record("links", target.href),
      true,
    );
    const click = HTMLAnchorElement.prototype.click;
    HTMLAnchorElement.prototype.click = function () {
      record("links", this.href);
      click.call(this);
    };
    globalThis.navigation?.addEventListener("navigate", ({ destination }) =>
      record("navigation", destination.url),
    );
  }

  // The seeds from which the vault draws its keys, and the memory that holds them: for the test
  // alone.
  const vault = { seeds: [], memory: undefined };
  if (typeof document !== "undefined") {
    const random = Crypto.prototype.getRandomValues;
    Crypto.prototype.getRandomValues = function (array) {
      random.call(this, array);
      if (array.byteLength === 32)
        vault.seeds.push(Array.from(new Uint8Array(array.buffer, array.byteOffset, 32)));
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

  /** Records the content of every store, whichever way it got there. */
  const recordStores = async () => {
    if (typeof document === "undefined") return;
    for (const store of [localStorage, sessionStorage]) record("storage", Object.entries(store));
    record("cookies", document.cookie);
    record("navigation", location.href);
    record("history", history.state ?? "");
    record("window.name", window.name);
    for (const name of await caches.keys()) {
      const cache = await caches.open(name);
      for (const request of await cache.keys()) {
        record("caches", request.url);
        record("caches", await (await cache.match(request)).arrayBuffer());
      }
    }
  };

  /** Posts pieces to the test server: channels and lengths as JSON, a line break, the bytes. */
  const post = (pieces) => {
    const index = JSON.stringify(pieces.map(([channel, bytes]) => [channel, bytes.length]));
    const body = new Blob([index, "\n", ...pieces.map(([, bytes]) => bytes)]);
    return send("/collected", { method: "POST", body }).then(() => {});
  };
  globalThis.recording = {
    vault,
    async flush() {
      await recordStores();
      await Promise.all(pending);
      await post(pieces.splice(0));
    },
    vaultMemory: () => post([["memory", new Uint8Array(vault.memory.buffer).slice()]]),
  };
}

/** Everything that left a page and its workers, by channel. */
export class Traffic {
  /** `{ channel, bytes }` for each piece, in the order in which they were collected. */
  pieces = [];
  #page;
  #server;

  /** Records, from now on, the requests of the page's context and what the page prints. */
  constructor(page, server) {
    this.#page = page;
    this.#server = server;
    const record = (channel, text) => this.pieces.push({ channel, bytes: Buffer.from(text) });
    page.context().on("request", (request) => {
      if (request.url().endsWith("/collected")) return;
      record(
        "requests",
        `${request.method()} ${request.url()} ${JSON.stringify(request.headers())}`,
      );
      const body = request.postDataBuffer();
      if (body) this.pieces.push({ channel: "requests", bytes: body });
    });
    page.on("console", (message) => record("console", message.text()));
    page.on("download", (download) =>
      record("downloads", `${download.url()} ${download.suggestedFilename()}`),
    );
  }

  /** Collects what was recorded since the last time. */
  async collect() {
    // Not its threads: they wait inside the program, and send nothing but that they are ready.
    const workers = this.#page
      .workers()
      .filter((worker) => worker.url().endsWith("/evaluator-worker.js"));
    await this.#page.evaluate(() => recording.flush());
    for (const worker of workers) {
      // A worker that is just being ended cannot answer. The page has recorded what it sent.
      await worker.evaluate(() => recording.flush()).catch(() => {});
    }
    this.pieces.push(...this.#collected());
  }

  /** Returns all of the memory of the vault. */
  async vaultMemory() {
    await this.#page.evaluate(() => recording.vaultMemory());
    return this.#collected()[0].bytes;
  }

  #collected() {
    return this.#server.collected.splice(0).flatMap((body) => {
      const end = body.indexOf("\n");
      let offset = end + 1;
      return JSON.parse(body.subarray(0, end)).map(([channel, length]) => {
        const bytes = body.subarray(offset, offset + length);
        offset += length;
        return { channel, bytes };
      });
    });
  }

  /** Returns all bytes of each channel, one piece after the other. */
  channels() {
    const channels = new Map();
    for (const { channel, bytes } of this.pieces) {
      if (!channels.has(channel)) channels.set(channel, []);
      channels.get(channel).push(bytes);
    }
    return new Map([...channels].map(([channel, list]) => [channel, Buffer.concat(list)]));
  }

  /**
   * Searches every channel. Returns, for each channel with a find, the names of the forms found.
   */
  search(keySearch) {
    const found = [...this.channels()].map(([channel, bytes]) => [
      channel,
      [...keySearch.formsIn(bytes)],
    ]);
    return Object.fromEntries(found.filter(([, names]) => names.length > 0));
  }
}

/** Records the traffic of a page. To be called before the page loads. */
export async function recordTraffic(page, site) {
  await page.addInitScript(instrument);
  return new Traffic(page, site);
}
