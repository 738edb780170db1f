// Starts a headless Chromium for the tests. It is the installed one: playwright-core drives a
// browser and contains none.

import { accessSync, constants } from "node:fs";
import { createRequire } from "node:module";
import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";

import { INSECURE_HOST } from "./server.mjs";

// The packages of the page and of the tests are on one list, in www/.
const require = createRequire(fileURLToPath(new URL("../../../www/package.json", import.meta.url)));
const { chromium } = require("playwright-core");

const NAMES = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];

/** Only the page may use the network. A machine may lack a GPU and user namespaces. */
const ARGUMENTS = [
  `--host-resolver-rules=MAP ${INSECURE_HOST} 127.0.0.1`,
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

/** Starts the browser. */
export function launch() {
  return chromium.launch({ executablePath: findBrowser(), args: ARGUMENTS });
}

/** Returns $CHROMIUM, or the first browser with a usual name in $PATH. */
function findBrowser() {
  if (process.env.CHROMIUM) return process.env.CHROMIUM;
  for (const name of NAMES) {
    for (const folder of (process.env.PATH ?? "").split(delimiter)) {
      const path = join(folder, name);
      if (isExecutable(path)) return path;
    }
  }
  throw new Error("no Chromium found: install it, or name its path in CHROMIUM");
}

function isExecutable(path) {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
