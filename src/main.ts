import * as pulumi from "@pulumi/pulumi";
import { Certctl } from "./certctl";
import { readStackConfig } from "./config/stack-config";
import { warnCertctl } from "./config/validate";
import { stackOutputs } from "./stack-outputs";

/** The stack program: configuration → instance → outputs. */
const args = readStackConfig();
for (const warning of warnCertctl(args)) void pulumi.log.warn(warning);

const certctl = new Certctl("certctl", args);

export = stackOutputs(certctl, args);
