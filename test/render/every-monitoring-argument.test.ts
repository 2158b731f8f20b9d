import { testArguments } from "./argument-tests";

describe("every documented argument of the monitoring", function () {
  this.timeout(60_000);

  testArguments((path) => path.startsWith("monitoring."));
});
