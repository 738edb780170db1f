// Checks a page with axe: every rule for WCAG 2.2 A and AA and for best practice, on the whole
// page, with no rule ignored.

import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";

const require = createRequire(fileURLToPath(new URL("../../../www/package.json", import.meta.url)));
const AXE = readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");

const TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];

/**
 * Checks the page as it is once its animations have ended. Returns the violations as text, and how
 * many rules passed on some element.
 *
 * @param {import("./visitor.mjs").Visitor} visitor
 */
export async function check(visitor) {
  const { page } = visitor;
  // Through the debugger: the policy of the page allows no other script.
  if (!(await page.evaluate(() => "axe" in globalThis))) await page.evaluate(`${AXE}; undefined`);
  await visitor.waitForAnimations();
  const run = (tags) => axe.run(document, { runOnly: tags });
  const { violations, passes } = await page.evaluate(run, TAGS);
  return {
    passed: passes.length,
    violations: violations.flatMap(({ id, help, nodes }) =>
      nodes.map(
        ({ target, failureSummary }) => `${id} (${help}) at ${target.join(" ")}: ${failureSummary}`,
      ),
    ),
  };
}
