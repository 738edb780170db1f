// Keeps the page for when there is no network, by its service worker, and tells when a newer one is there. A page without
// service workers is the same page, for as long as it is open.

import { scriptUrl } from "./dom/trusted-types";

const SCRIPT = "/service-worker.js";

export interface OfflineEvents {
  /** All that the page needs has been kept. */
  kept(): void;
  /** A newer version is there; `use` loads it. */
  newer(use: () => void): void;
}

/** Call once what the visitor waits for is there: from then on all files are fetched. */
export async function keepOffline(events: OfflineEvents): Promise<void> {
  // Only where the page was loaded securely.
  if (!("serviceWorker" in navigator)) return;
  const { serviceWorker } = navigator;
  let [controlled, wanted] = [serviceWorker.controller !== null, false];
  serviceWorker.addEventListener("controllerchange", () => {
    // The first one takes over a page of its own version; a later one was let in here, or beside here.
    if (wanted) location.reload();
    else if (controlled) events.newer(() => location.reload());
    controlled = true;
  });
  let registration: ServiceWorkerRegistration;
  try {
    registration = await serviceWorker.register(scriptUrl(SCRIPT), { updateViaCache: "none" });
  } catch {
    // The host has none, or the browser wants none: then the page needs its network.
    return;
  }

  const offer = (waiting: ServiceWorker) =>
    events.newer(() => {
      wanted = true;
      waiting.postMessage("take over");
    });
  const follow = (worker: ServiceWorker | null) =>
    worker?.addEventListener("statechange", () => {
      if (worker.state === "activated" && !wanted) events.kept();
      if (worker.state === "installed" && registration.active) offer(worker);
    });
  if (registration.active) events.kept();
  if (registration.waiting) offer(registration.waiting);
  follow(registration.installing);
  registration.addEventListener("updatefound", () => follow(registration.installing));
  // The browser looks for itself when a page is opened; this is for pages that stay open.
  document.addEventListener("visibilitychange", () => {
    if (!document.hidden) registration.update().catch(() => {});
  });
}
