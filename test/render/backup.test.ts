import assert from "node:assert/strict";
import { placeholderArgs, renderArgs } from "../../scripts/render/render-stack";

describe("backups", () => {
  it("create nothing until they are enabled, whatever else is set", async () => {
    const backup = { enabled: false, schedule: "@hourly", drill: { enabled: true } };
    assert.deepEqual(
      await renderArgs({ ...placeholderArgs({}), backup }),
      await renderArgs(placeholderArgs({})),
    );
  });

  it("create a claim, two service accounts, three network policies, the scripts and two schedules", async () => {
    const without = (await renderArgs(placeholderArgs({}))).map(
      ({ kind, metadata }) => `${kind} ${metadata.name}`,
    );
    const enabled = await renderArgs({ ...placeholderArgs({}), backup: { enabled: true } });
    const added = enabled
      .map(({ kind, metadata }) => `${kind} ${metadata.name}`)
      .filter((one) => !without.includes(one));
    assert.deepEqual(added.map((one) => one.replace(/-[0-9a-f]{6,}$/, "-<hash>")).sort(), [
      "ConfigMap certctl-backup-scripts-<hash>",
      "CronJob certctl-backup",
      "CronJob certctl-drill",
      "NetworkPolicy certctl-backup",
      "NetworkPolicy certctl-drill",
      "NetworkPolicy certctl-restore",
      "PersistentVolumeClaim certctl-backup",
      "ServiceAccount certctl-backup",
      "ServiceAccount certctl-restore",
    ]);
  });
});
