/** @typedef {import("./steps.mjs").Counts} Counts */
/** @typedef {{ Action: string, Package?: string, ImportPath?: string, Test?: string, Output?: string }} GoTestEvent */

/**
 * Counts the events of `go test -json`, and prints a line for each package and what failing tests said.
 * @param {(line: string) => void} print
 */
export function createGoTestReport(print) {
  /** @type {Counts} */
  const counts = { passed: 0, failed: 0, skipped: 0 };
  /** @type {Map<string, string[]>} */
  const outputs = new Map();
  /** @type {Map<string, number>} */
  const failedTests = new Map();

  /** @param {GoTestEvent} event */
  const onEvent = (event) => {
    const { Action: action, Package: name = event.ImportPath ?? "", Test: test } = event;
    const key = `${name} ${test ?? ""}`;
    if (action === "output" || action === "build-output")
      outputs.set(key, [...(outputs.get(key) ?? []), event.Output ?? ""]);
    if (action === "build-fail") print(textOf(key));
    if (test !== undefined) onTestEnd(action, name, key);
    else if (action === "pass" || action === "skip") print(`ok    ${name}`);
    else if (action === "fail") onPackageFailure(name, key);
  };

  /**
   * @param {string} action
   * @param {string} name
   * @param {string} key
   */
  const onTestEnd = (action, name, key) => {
    if (action === "pass") counts.passed++;
    if (action === "skip") counts.skipped = (counts.skipped ?? 0) + 1;
    if (action === "fail") {
      counts.failed++;
      failedTests.set(name, (failedTests.get(name) ?? 0) + 1);
      print(textOf(key));
    }
    if (action !== "output" && action !== "run") outputs.delete(key);
  };

  /**
   * @param {string} name
   * @param {string} key
   */
  const onPackageFailure = (name, key) => {
    // A package that does not compile, or whose process ended early, fails without a failed test.
    if (!failedTests.has(name)) {
      counts.failed++;
      print(textOf(key));
    }
    print(`FAIL  ${name}`);
  };

  const textOf = (/** @type {string} */ key) => (outputs.get(key) ?? []).join("").trimEnd();

  return {
    counts,
    /** @param {string} line */
    onLine(line) {
      try {
        onEvent(JSON.parse(line));
      } catch {
        print(line);
      }
    },
  };
}
