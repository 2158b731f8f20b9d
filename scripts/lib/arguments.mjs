import { parseArgs } from "node:util";
import { UserError } from "./user-error.mjs";

/**
 * The options of a command that takes nothing but options.
 * @template {NonNullable<import("node:util").ParseArgsConfig["options"]>} Options
 * @param {string[]} args
 * @param {Options} options
 */
export function parseArguments(args, options) {
  try {
    return parseArgs({ args, options, strict: true, allowPositionals: false }).values;
  } catch (error) {
    throw new UserError(`${error instanceof Error ? error.message : error}\nSee --help.`);
  }
}
