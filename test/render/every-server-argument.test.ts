import { testArguments } from "./argument-tests";

describe("every documented argument of the server", function () {
  this.timeout(300_000);

  testArguments((path) => path.startsWith("server."));
});
