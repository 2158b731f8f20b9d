"use strict";

/**
 * An error whose message is all that the user needs: what is wrong and how to mend it. It is printed without
 * a stack.
 */
class UserError extends Error {
  /** @override */
  name = "UserError";
  /** What the command exits with. */
  exitCode = 1;
}

module.exports = { UserError };
