// One leak through every way out of a page, to show that each is recorded. A leak runs in the page,
// or in its worker, and gets bytes of the key as base64. Whether anything receives them does not
// matter.

/**
 * @type {{
 *   channel: string,
 *   name: string,
 *   inWorker?: true,
 *   leak: (base64: string) => unknown,
 * }[]}
 */
export const LEAKS = [
  {
    channel: "fetch",
    name: "fetch",
    leak: (key) =>
      fetch("/leak", {
        method: "POST",
        body: Uint8Array.from(atob(key), (c) => c.charCodeAt(0)),
      }).then(() => {}),
  },
  {
    channel: "fetch",
    name: "a Request",
    leak: (key) => fetch(new Request("/leak", { method: "POST", body: key })).then(() => {}),
  },
  {
    channel: "XMLHttpRequest",
    name: "XMLHttpRequest",
    leak(key) {
      const request = new XMLHttpRequest();
      request.open("POST", "/leak");
      request.send(new Blob([Uint8Array.from(atob(key), (c) => c.charCodeAt(0))]));
    },
  },
  {
    channel: "WebSocket",
    name: "WebSocket",
    leak: (key) => void new WebSocket(`ws://${location.host}/?${key}`),
  },
  {
    channel: "EventSource",
    name: "EventSource",
    leak: (key) => new EventSource(`/leak?${key}`).close(),
  },
  { channel: "sendBeacon", name: "sendBeacon", leak: (key) => navigator.sendBeacon("/leak", key) },
  {
    channel: "WebRTC",
    name: "WebRTC",
    leak: (key) => void new RTCPeerConnection().createDataChannel(key),
  },
  {
    channel: "Worker",
    name: "a message to a worker",
    leak(key) {
      const worker = new Worker(URL.createObjectURL(new Blob([""])));
      worker.postMessage({
        deep: [{ in: Uint8Array.from(atob(key), (c) => c.charCodeAt(0)).buffer }],
      });
      worker.terminate();
    },
  },
  {
    channel: "MessagePort",
    name: "a message port",
    leak: (key) =>
      new MessageChannel().port1.postMessage(
        new Map([[1, Uint8Array.from(atob(key), (c) => c.charCodeAt(0))]]),
      ),
  },
  {
    channel: "MessagePort",
    name: "a shared worker's port",
    leak: (key) => new SharedWorker("/leak").port.postMessage(key),
  },
  {
    channel: "SharedWorker",
    name: "a shared worker's address",
    leak: (key) => void new SharedWorker(`/leak?${key}`),
  },
  {
    channel: "ServiceWorker",
    name: "a service worker",
    async leak(key) {
      const { installing, active } = await navigator.serviceWorker.register(
        "/service-worker-for-tests.js",
      );
      (installing ?? active).postMessage(key);
    },
  },
  {
    channel: "BroadcastChannel",
    name: "a broadcast channel",
    leak: (key) => new BroadcastChannel("leak").postMessage(key),
  },
  {
    channel: "window.postMessage",
    name: "a message to the window",
    leak: (key) => postMessage(key),
  },
  {
    channel: "IndexedDB",
    name: "IndexedDB",
    leak: (key) =>
      new Promise((resolve, reject) => {
        const opening = indexedDB.open("leak");
        opening.onupgradeneeded = () => opening.result.createObjectStore("leak");
        opening.onerror = reject;
        opening.onsuccess = () => {
          const put = opening.result
            .transaction("leak", "readwrite")
            .objectStore("leak")
            .put(new Blob([key]), 1);
          put.onsuccess = () => resolve();
        };
      }),
  },
  { channel: "storage", name: "local storage", leak: (key) => localStorage.setItem("leak", key) },
  {
    channel: "storage",
    name: "a property of session storage",
    leak: (key) => void (sessionStorage.leak = key),
  },
  {
    channel: "caches",
    name: "caches",
    async leak(key) {
      const cache = await caches.open("leak");
      await cache.put("/leak", new Response(Uint8Array.from(atob(key), (c) => c.charCodeAt(0))));
    },
  },
  { channel: "cookies", name: "a cookie", leak: (key) => void (document.cookie = `leak=${key}`) },
  {
    channel: "history",
    name: "the history",
    leak: (key) =>
      history.pushState(
        Array.from(atob(key), (c) => (c.charCodeAt(0) << 24) >> 24),
        "",
      ),
  },
  {
    channel: "history",
    name: "the history's address",
    leak: (key) => history.replaceState(undefined, "", `?${key}`),
  },
  { channel: "navigation", name: "the address", leak: (key) => void (location.hash = key) },
  { channel: "window.name", name: "the window's name", leak: (key) => void (window.name = key) },
  {
    channel: "clipboard",
    name: "the clipboard",
    leak: (key) => navigator.clipboard.writeText(key).catch(() => {}),
  },
  {
    channel: "blobs",
    name: "a download",
    leak: (key) =>
      URL.createObjectURL(new Blob([Uint8Array.from(atob(key), (c) => c.charCodeAt(0))])),
  },
  {
    channel: "links",
    name: "a download of a data: address",
    leak(key) {
      const link = document.createElement("a");
      link.href = `data:application/octet-stream;base64,${key}`;
      link.download = "leak";
      link.click();
    },
  },
  { channel: "console", name: "the console", leak: (key) => console.info({ leak: key }) },
  {
    channel: "requests",
    name: "an image's address",
    leak: (key) => void (new Image().src = `/leak?${key}`),
  },
  {
    channel: "requests",
    name: "a style sheet",
    leak(key) {
      const style = document.createElement("style");
      style.textContent = `body { --x: 0; background-image: url("/leak?${key}") }`;
      document.head.append(style);
      return new Promise((resolve) => setTimeout(resolve, 300));
    },
  },
  {
    channel: "file system",
    name: "the origin's private files",
    async leak(key) {
      const root = await navigator.storage.getDirectory();
      const file = await root.getFileHandle("leak", { create: true });
      const writer = await file.createWritable();
      await writer.write(key);
      await writer.close();
    },
  },
  {
    channel: "fetch",
    name: "fetch in the worker",
    inWorker: true,
    leak: (key) => fetch("/leak", { method: "POST", body: key }).then(() => {}),
  },
  {
    channel: "BroadcastChannel",
    name: "a broadcast channel of the worker",
    inWorker: true,
    leak: (key) => new BroadcastChannel("leak").postMessage(key),
  },
  {
    channel: "console",
    name: "the worker's console",
    inWorker: true,
    leak: (key) => console.debug(key),
  },
  // After this the page replaces the evaluator, so that it comes last.
  {
    channel: "from the worker",
    name: "a message from the worker",
    inWorker: true,
    leak: (key) => postMessage({ id: -1, error: key, fatal: false }),
  },
];
