// Mocha's own report, and its totals in the file that MOCHA_TOTALS names.
"use strict";
const { writeFileSync } = require("node:fs");
const { reporters } = require("mocha");

module.exports = class extends reporters.Spec {
  /**
   * @param {import("mocha").Runner} runner
   * @param {import("mocha").MochaOptions} options
   */
  constructor(runner, options) {
    super(runner, options);
    runner.once("end", () => {
      const { passes, failures, pending } = this.stats;
      writeFileSync(
        process.env.MOCHA_TOTALS ?? "",
        JSON.stringify({ passed: passes, failed: failures, skipped: pending }),
      );
    });
  }
};
