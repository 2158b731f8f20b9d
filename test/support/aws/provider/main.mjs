import { functions } from "./functions.mjs";
import { iamResources } from "./iam-resources.mjs";
import { kmsResources } from "./kms-resources.mjs";
import { s3Resources } from "./s3-resources.mjs";
import { serve } from "./server.mjs";

serve({ ...s3Resources, ...kmsResources, ...iamResources }, functions);
