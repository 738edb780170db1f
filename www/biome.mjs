// Runs `biome check ARGUMENTS` over the page, and over the scripts that drive it in a browser: a
// configuration reaches no further than the folder that Biome is started in.
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";

const FOLDERS = [".", "../tests/e2e", "../bench/browser"];

const config = fileURLToPath(new URL(".", import.meta.url));
const statuses = FOLDERS.map((folder) => {
  const cwd = fileURLToPath(new URL(folder, import.meta.url));
  const command = ["check", `--config-path=${config}`, ...process.argv.slice(2)];
  return spawnSync("biome", command, { cwd, stdio: "inherit" }).status ?? 1;
});
process.exitCode = Math.max(...statuses);
