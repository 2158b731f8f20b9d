import * as pulumi from "@pulumi/pulumi";
import { Certctl } from "./certctl";
import { stackInstance } from "./kubernetes/names";
import { readStackConfig } from "./stack/stack-config";
import { settledArgs } from "./checks/checked-inputs";
import { stackBackupBucket, withStackBucket } from "./stack/stack-backup-bucket";
import { stackOutputs } from "./stack/stack-outputs";
import { stackWarnings } from "./stack/stack-warnings";

/** The stack program: configuration → bucket → instance → outputs. */
const configuration = readStackConfig();
void settledArgs(configuration).then((settled) =>
  Promise.all(stackWarnings(settled).map((warning) => pulumi.log.warn(warning))),
);

const { backupBucket, ...instance } = configuration;
const bucket = backupBucket && stackBackupBucket(backupBucket, instance);
const args = backupBucket && bucket ? withStackBucket(instance, backupBucket, bucket.sink) : instance;
const certctl = new Certctl(stackInstance, args);

export = stackOutputs(certctl, args, bucket);
