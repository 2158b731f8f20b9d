import { PolicyPack } from "@pulumi/policy";
import { certctlPolicies } from "./index";

// What `pulumi preview --policy-pack` runs: it asks the policies by a server that this starts.
new PolicyPack("certctl", { policies: certctlPolicies });
