// Starts the companion: the program that `cargo xtask run` starts, as it is built for the tests.

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
 * Starts a companion on a port of this machine, with a new store unless `store` names one.
 *
 * @param {{ port?: number, store?: string, flags?: string[] }} options
 * @returns {Promise<{
 *   url: string,
 *   port: number,
 *   store: string,
 *   kill(): Promise<void>,
 *   close(): Promise<void>,
 * }>}
 */
export async function companion({ port = 0, store, flags = [] } = {}) {
  if (!existsSync(PROGRAM)) {
    const command = "cargo test -p inkognito-server --no-run";
    throw new Error(`there is no ${PROGRAM}: build it with \`${command}\``);
  }
  const isTemporary = store === undefined;
  const folder = store ?? mkdtempSync(join(tmpdir(), "inkognito-"));
  const server = spawn(
    PROGRAM,
    ["--listen", `127.0.0.1:${port}`, "--page", DIST, "--store", folder, "--log", "warn", ...flags],
    { stdio: ["ignore", "pipe", "inherit"] },
  );
  const ended = new Promise((resolve) => server.once("exit", resolve));
  const output = createInterface({ input: server.stdout });
  const firstLine = new Promise((resolve) => output.once("line", resolve));
  const line = await Promise.race([firstLine, ended]);
  const url = /^Inkognito is at (http:\S+)$/.exec(String(line))?.[1];
  if (url === undefined) throw new Error(`the companion did not start (${line})`);
  const end = async (signal) => {
    server.kill(signal);
    await ended;
  };
  return {
    url,
    port: Number(new URL(url).port),
    store: folder,
    /** Ends it at once, and leaves its store as it is. */
    kill: () => end("SIGKILL"),
    async close() {
      await end("SIGTERM");
      if (isTemporary) rmSync(folder, { recursive: true, force: true });
    },
  };
}
