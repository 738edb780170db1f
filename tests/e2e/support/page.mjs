// What a test opens, and what is closed again when it is over, however it ends.

import { afterEach } from "node:test";

/** Gives a function that has what it is given closed after the test, the newest first, and gives it back. */
export function closing() {
  let open = [];
  afterEach(async () => {
    for (const each of open.reverse()) await each.close();
    open = [];
  });
  return (each) => {
    open.push(each);
    return each;
  };
}
