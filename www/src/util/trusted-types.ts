// The scripts that the page may start. Where the browser has Trusted Types, the page's content
// security policy names this policy, and no other code can start a script.

/** The evaluator's worker, and the service worker. */
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

/** Returns `url` in the form that the browser accepts as a worker's script. */
export function scriptUrl(url: string): string {
  return policy?.createScriptURL(url) ?? url;
}
