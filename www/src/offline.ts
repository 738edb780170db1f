// Stores the page for use without a network, by its service worker, and finds newer versions. Where
// there are no service workers the page is the same, and needs a network to be opened.

import { isStoredOffline, loadUpdate } from "./state/store";
import { memoize } from "./util/memoize";
import { scriptUrl } from "./util/trusted-types";

const SCRIPT = "/service-worker.js";

/**
 * Registers the service worker, once. It fetches all files, so this is called when the page has
 * what it needs at first.
 */
export const storeOffline = memoize<void, void>(async () => {
  // Absent where the page did not come over a secure connection.
  if (!("serviceWorker" in navigator)) return;
  const { serviceWorker } = navigator;
  let [hadController, isUpdateWanted] = [serviceWorker.controller !== null, false];
  const offer = (load: () => void) => {
    loadUpdate.value = load;
  };
  serviceWorker.addEventListener("controllerchange", () => {
    // The first service worker is of the page's own version. A later one is an update that the
    // visitor has wanted, here or in another tab.
    if (isUpdateWanted) location.reload();
    else if (hadController) offer(() => location.reload());
    hadController = true;
  });
  let registration: ServiceWorkerRegistration;
  try {
    registration = await serviceWorker.register(scriptUrl(SCRIPT), { updateViaCache: "none" });
  } catch {
    // The host serves no service worker, or the browser refuses one.
    return;
  }

  const offerWaiting = (waiting: ServiceWorker) =>
    offer(() => {
      isUpdateWanted = true;
      waiting.postMessage("take over");
    });
  const follow = (worker: ServiceWorker | null) =>
    worker?.addEventListener("statechange", () => {
      if (worker.state === "activated" && !isUpdateWanted) isStoredOffline.value = true;
      if (worker.state === "installed" && registration.active) offerWaiting(worker);
    });
  if (registration.active) isStoredOffline.value = true;
  if (registration.waiting) offerWaiting(registration.waiting);
  follow(registration.installing);
  registration.addEventListener("updatefound", () => follow(registration.installing));
  // The browser looks for updates when a page is opened; this is for pages that stay open.
  document.addEventListener("visibilitychange", () => {
    if (!document.hidden) registration.update().catch(() => {});
  });
});
