/** What the package offers, both entry points together. */
export * from "../../../src";
export * from "../../../src/aws";
