// Starts the companion itself: the program that `cargo xtask run` starts, built for the tests.

import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("../../../", import.meta.url));
const PROGRAM = process.env.INKOGNITO_SERVER ?? join(ROOT, "target/debug/inkognito-server");
const DIST = process.env.INKOGNITO_DIST ?? join(ROOT, "dist");

/**
 * Starts a companion on a port of this machine, with a store of its own unless `store` names one.
 *
 * @param {{ port?: number, store?: string, flags?: string[] }} options
 * @returns {Promise<{ url: string, port: number, store: string, kill(): Promise<void>, close(): Promise<void> }>}
 */
export async function companion({ port = 0, store, flags = [] } = {}) {
  if (!existsSync(PROGRAM)) {
    throw new Error(`there is no ${PROGRAM}: build it with \`cargo test -p inkognito-server --no-run\``);
  }
  const own = store === undefined ? mkdtempSync(join(tmpdir(), "inkognito-")) : undefined;
  const place = store ?? own;
  const server = spawn(
    PROGRAM,
    ["--listen", `127.0.0.1:${port}`, "--page", DIST, "--store", place, "--log", "warn", ...flags],
    { stdio: ["ignore", "pipe", "inherit"] },
  );
  const ended = new Promise((resolve) => server.once("exit", resolve));
  const said = new Promise((resolve) => createInterface({ input: server.stdout }).once("line", resolve));
  const line = await Promise.race([said, ended]);
  const url = /^Inkognito is at (http:\S+)$/.exec(String(line))?.[1];
  if (url === undefined) throw new Error(`the companion did not start (${line})`);
  const end = async (signal) => {
    server.kill(signal);
    await ended;
  };
  return {
    url,
    port: Number(new URL(url).port),
    store: place,
    /** Ends it at once, and leaves its store as it is. */
    kill: () => end("SIGKILL"),
    async close() {
      await end("SIGTERM");
      if (own !== undefined) rmSync(own, { recursive: true, force: true });
    },
  };
}
