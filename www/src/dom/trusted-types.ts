// The one place that turns an address into a script to be started, and the only one that may where
// the browser has Trusted Types: the page's policy names it, and forbids all others.

/** What may be started: the evaluator, and what keeps the page for when there is no network. */
const SCRIPTS = ["/evaluator-worker.js", "/service-worker.js"];

interface TrustedTypes {
  createPolicy(
    name: string,
    rules: { createScriptURL(url: string): string },
  ): { createScriptURL(url: string): string };
}

const { trustedTypes } = globalThis as { trustedTypes?: TrustedTypes };
const policy = trustedTypes?.createPolicy("inkognito", {
  createScriptURL(url) {
    if (SCRIPTS.includes(url)) return url;
    throw new TypeError(`${url} is no script of this page`);
  },
});

/** `url` in a form that the browser accepts as a worker's script. */
export function scriptUrl(url: string): string {
  return policy?.createScriptURL(url) ?? url;
}
