import * as pulumi from "@pulumi/pulumi";
import { Certctl } from "./certctl";
import { readStackConfig } from "./config/stack-config";
import { settledArgs, warnCertctl } from "./config/validate";
import { stackOutputs } from "./stack-outputs";

/** The stack program: configuration → instance → outputs. */
const args = readStackConfig();
void settledArgs(args).then((settled) => Promise.all(warnCertctl(settled).map((warning) => pulumi.log.warn(warning))));

const certctl = new Certctl("certctl", args);

export = stackOutputs(certctl, args);
