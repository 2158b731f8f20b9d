import assert from "node:assert/strict";
import { longestGapSeconds } from "../../src/backup/schedule";
import { everyAlert, renderedRules } from "../support/rules";

const hour = 3_600;
const day = 24 * hour;

describe("the longest time between two runs of a schedule", () => {
  for (const [schedule, seconds] of [
    ["30 2 * * *", day],
    ["@hourly", hour],
    ["@midnight", day],
    ["@weekly", 7 * day],
    ["0 3 * * MON-FRI", 3 * day],
    ["0 */6 * * ?", 6 * hour],
    ["5/15 * * * *", hour / 4],
    ["0 0 1 * *", 31 * day],
    // Either day counts where both are given.
    ["0 0 1 * 1", 7 * day],
    ["0 0 31 2 *", day],
  ] as const) {
    it(`is ${String(seconds / hour)} hours of ${schedule}`, () => {
      assert.equal(longestGapSeconds(schedule), seconds);
    });
  }
});

describe("the alert about an overdue backup", function () {
  this.timeout(300_000);

  const limit = async (alert: string, args: object): Promise<string | undefined> =>
    (await renderedRules({ ...everyAlert, ...args }))
      .find((rule) => rule.alert === alert)
      ?.expr.split(" > ")
      .at(-1);

  it("goes by the schedules of backup and drill", async () => {
    const backup = { enabled: true, schedule: "0 3 * * 1-5", drill: { schedule: "@monthly" } };
    assert.equal(await limit("CertctlBackupTooOld", { backup }), `2 * ${String(3 * day)}`);
    assert.equal(await limit("CertctlDrillTooOld", { backup }), `2 * ${String(31 * day)}`);
  });

  it("goes by monitoring.backup where that says otherwise, and for a CronJob that is not the instance's", async () => {
    const monitoring = { enabled: true, backup: { period: "12h" } };
    assert.equal(await limit("CertctlBackupTooOld", { monitoring }), `2 * ${String(12 * hour)}`);
    const foreign = { backup: undefined, monitoring: { enabled: true, backup: { cronJob: "nightly-dump" } } };
    assert.equal(await limit("CertctlBackupTooOld", foreign), `2 * ${String(day)}`);
  });

  it("does not exist without backups, nor that of drills without drills", async () => {
    assert.equal(await limit("CertctlBackupTooOld", { backup: undefined }), undefined);
    assert.equal(
      await limit("CertctlDrillTooOld", { backup: { enabled: true, drill: { enabled: false } } }),
      undefined,
    );
  });
});
