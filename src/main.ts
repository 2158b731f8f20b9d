import * as pulumi from "@pulumi/pulumi";
import { Certctl } from "./certctl";
import { readStackConfig } from "./config/stack-config";
import { settledArgs, warnCertctl } from "./config/validate";
import { stackBackupBucket } from "./stack-backup-bucket";
import { stackOutputs } from "./stack-outputs";

/** The stack program: configuration → instance → outputs. */
const { backupBucket, ...args } = readStackConfig();
void settledArgs(args).then((settled) => Promise.all(warnCertctl(settled).map((warning) => pulumi.log.warn(warning))));

const bucket = backupBucket && stackBackupBucket(backupBucket, args);
const certctl = new Certctl("certctl", args);

export = stackOutputs(certctl, args, bucket);
