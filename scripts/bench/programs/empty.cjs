// The least program: it loads Pulumi's SDK and makes nothing.
"use strict";
require("@pulumi/pulumi");
