// Drives a headless Firefox, if one is installed, by its own protocol, Marionette: JSON messages,
// each after its length. It can open a page, draw on it and read it.

import { spawn } from "node:child_process";
import { accessSync, constants, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";

import { INSECURE_HOST } from "./server.mjs";

const NAMES = ["firefox-esr", "firefox"];
const TIMEOUT_MS = 120_000;

/** Only the page may use the network. */
const PREFERENCES = {
  "marionette.port": 0,
  "network.dns.localDomains": INSECURE_HOST,
  "app.update.disabledForTesting": true,
  "app.normandy.enabled": false,
  "browser.safebrowsing.update.enabled": false,
  "browser.shell.checkDefaultBrowser": false,
  "browser.startup.homepage_override.mstone": "ignore",
  "datareporting.policy.dataSubmissionEnabled": false,
  "extensions.update.enabled": false,
  "network.captive-portal-service.enabled": false,
  "network.connectivity-service.enabled": false,
  "services.settings.server": "data:,none",
  "toolkit.telemetry.enabled": false,
};

/** Returns $FIREFOX, or the first Firefox in $PATH, or undefined. */
export function findFirefox() {
  if (process.env.FIREFOX) return process.env.FIREFOX;
  const folders = (process.env.PATH ?? "").split(delimiter);
  return NAMES.flatMap((name) => folders.map((folder) => join(folder, name))).find((path) => {
    try {
      accessSync(path, constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

/** A running Firefox with one window. */
export class Firefox {
  #process;
  #profile;
  #socket;
  #pending = new Map();
  #received = Buffer.alloc(0);
  #nextId = 1;

  /** Starts Firefox with a new profile. */
  static async launch(path = findFirefox()) {
    const firefox = new Firefox();
    firefox.#profile = mkdtempSync(join(tmpdir(), "inkognito-firefox-"));
    const lines = Object.entries(PREFERENCES).map(
      ([name, value]) => `user_pref("${name}", ${JSON.stringify(value)});`,
    );
    writeFileSync(join(firefox.#profile, "user.js"), lines.join("\n"));
    firefox.#process = spawn(
      path,
      ["--headless", "--marionette", "--no-remote", "--profile", firefox.#profile],
      { stdio: "ignore" },
    );
    try {
      await firefox.#connect();
      await firefox.send("WebDriver:NewSession", { capabilities: {} });
      await firefox.send("WebDriver:SetTimeouts", { script: TIMEOUT_MS, pageLoad: TIMEOUT_MS });
    } catch (error) {
      await firefox.close();
      throw error;
    }
    return firefox;
  }

  async #connect() {
    const port = await waitFor("Firefox names its port", () => {
      try {
        return Number(readFileSync(join(this.#profile, "MarionetteActivePort"), "utf8"));
      } catch {
        return undefined;
      }
    });
    this.#socket = connect(port, "127.0.0.1");
    this.#socket.on("data", (bytes) => this.#receive(bytes));
    await new Promise((resolve, reject) => {
      this.#socket.once("connect", resolve);
      this.#socket.once("error", reject);
    });
  }

  #receive(bytes) {
    this.#received = Buffer.concat([this.#received, bytes]);
    for (;;) {
      const colon = this.#received.indexOf(":");
      if (colon < 0) return;
      const end = colon + 1 + Number(this.#received.subarray(0, colon));
      if (this.#received.length < end) return;
      const message = JSON.parse(this.#received.subarray(colon + 1, end));
      this.#received = this.#received.subarray(end);
      // The first message is a greeting. Responses are [1, id, error, result].
      if (!Array.isArray(message)) continue;
      const [, id, error, result] = message;
      const { resolve, reject } = this.#pending.get(id);
      this.#pending.delete(id);
      if (error) reject(new Error(`${error.error}: ${error.message}`));
      else resolve(result);
    }
  }

  /** Sends a WebDriver command, and returns its result. */
  send(name, parameters = {}) {
    const id = this.#nextId++;
    const text = JSON.stringify([0, id, name, parameters]);
    return new Promise((resolve, reject) => {
      this.#pending.set(id, { resolve, reject });
      this.#socket.write(`${Buffer.byteLength(text)}:${text}`);
    });
  }

  /** Returns the value of an expression in the page. */
  async evaluate(expression) {
    const { value } = await this.send("WebDriver:ExecuteScript", {
      script: `return (${expression});`,
      args: [],
      sandbox: null,
    });
    return value;
  }

  /** Waits until an expression is true in the page. */
  waitFor(expression) {
    return waitFor(expression, () => this.evaluate(expression));
  }

  /** Opens an address. */
  open(url) {
    return this.send("WebDriver:Navigate", { url });
  }

  /** Draws a stroke with the mouse, through points of the screen. */
  async draw([first, ...others]) {
    const move = ([x, y]) => ({
      type: "pointerMove",
      x: Math.round(x),
      y: Math.round(y),
      duration: 4,
    });
    const actions = [
      move(first),
      { type: "pointerDown", button: 0 },
      ...others.map(move),
      { type: "pointerUp", button: 0 },
    ];
    await this.send("WebDriver:PerformActions", {
      actions: [{ type: "pointer", id: "mouse", parameters: { pointerType: "mouse" }, actions }],
    });
  }

  async close() {
    const ended = new Promise((resolve) => this.#process.once("exit", resolve));
    this.#socket?.destroy();
    this.#process.kill("SIGTERM");
    await ended;
    rmSync(this.#profile, { recursive: true, force: true, maxRetries: 5 });
  }
}

/** Repeats an attempt until its result is true, and returns the result. */
async function waitFor(description, attempt) {
  for (const end = Date.now() + TIMEOUT_MS; Date.now() < end; ) {
    const value = await attempt();
    if (value) return value;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`timed out: ${description}`);
}
