// Checks a page by axe: every rule for WCAG 2.2 A and AA and for best practice, on the whole page, with nothing ignored.

import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";

const require = createRequire(fileURLToPath(new URL("../../../www/package.json", import.meta.url)));
const AXE = readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");

const TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];

/** What is wrong with the page as it is now, in words: none. And how many rules were tried on something. */
export async function check(page) {
  // Through the debugger: the page's policy lets no other script in.
  if (!(await page.evaluate(() => "axe" in globalThis))) await page.evaluate(`${AXE}; undefined`);
  // One that another takes the place of is never finished: then there is that other to wait for.
  await page.evaluate(async () => {
    const running = () => document.getAnimations().filter(({ playState }) => playState === "running");
    for (let all = running(); all.length > 0; all = running()) await Promise.allSettled(all.map(({ finished }) => finished));
  });
  const { violations, passes } = await page.evaluate((tags) => axe.run(document, { runOnly: tags }), TAGS);
  return {
    passed: passes.length,
    violations: violations.flatMap(({ id, help, nodes }) =>
      nodes.map(({ target, failureSummary }) => `${id} (${help}) at ${target.join(" ")}: ${failureSummary}`),
    ),
  };
}
