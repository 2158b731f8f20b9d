// The command line of every command: Node's own parser, and a help text that is made from the same options.
"use strict";
const { parseArgs } = require("node:util");
const { UserError } = require("./user-error.cjs");

/** @typedef {import("./command.cjs").Command} Command */
/** @typedef {import("./command.cjs").Output} Output */

/** @typedef {NonNullable<import("node:util").ParseArgsConfig["options"]>[string]} NodeOption */

/**
 * An option as Node has it, with what --help tells of it. `value`: what stands for its value there, such as
 * FILE.
 * @typedef {NodeOption & { help: string, value?: string }} Option
 */

/**
 * One way to use a command: the option that asks for it, and the names of those that go with it.
 * @typedef {{ mode?: string, options: string[] }} Form
 */

/**
 * What a command is told, and what --help tells of it.
 * @template {Record<string, Option>} Options
 * @typedef {object} Description
 * @property {string} call such as `npm run bench`
 * @property {string} [argument] what it takes besides options, such as `<stack>`
 * @property {Record<string, string>} [words] the words that it takes for its argument, and what each does
 * @property {string} about one paragraph
 * @property {Options} options
 * @property {Form[]} [forms] ways to use it that exclude each other; one with every option unless given
 * @property {string} [note] the last paragraph
 */

/**
 * @template {Record<string, Option>} Options
 * @typedef {object} Given
 * @property {ReturnType<typeof parseArgs<{ options: Options }>>["values"]} options
 * @property {string[]} words what is no option
 */

const width = 100;
/** @type {Option} */
const help = { type: "boolean", help: "print this text" };

/**
 * A command that answers --help, and refuses what it is not made for, before it runs.
 * @template {Record<string, Option>} Options
 * @param {Description<Options>} description
 * @param {(given: Given<Options>, output: Output) => Promise<number | void>} run
 * @returns {Command}
 */
function defineCommand(description, run) {
  return async (args, output) => {
    const given = parse(description, args);
    if ("help" in given.options) output.stdout(helpText(description));
    else return run(given, output);
  };
}

/**
 * @template {Record<string, Option>} Options
 * @param {Description<Options>} description
 * @param {readonly string[]} args
 * @returns {Given<Options>}
 */
function parse({ options, argument, words }, args) {
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      options: { ...options, help },
      allowPositionals: argument !== undefined || words !== undefined,
    });
    return { options: /** @type {Given<Options>["options"]} */ (values), words: positionals };
  } catch (error) {
    // The first sentence says what is wrong; the others are about Node's parser.
    const [sentence] = (error instanceof Error ? error.message : String(error)).split(/\.\s/);
    throw new UserError(`${sentence}. See --help.`, { cause: error });
  }
}

/**
 * @param {Description<Record<string, Option>>} description
 * @returns {string}
 */
function helpText({ about, words = {}, note, ...description }) {
  const options = { ...description.options, help };
  const argument = description.argument ?? Object.keys(words).join("|");
  const rows = Object.entries(options).map(
    ([name, option]) => /** @type {[string, string]} */ ([spelled(name, option), option.help]),
  );
  return [
    usage({ ...description, argument }),
    paragraph(about),
    table(Object.entries(words)),
    table(rows),
    paragraph(note ?? ""),
  ]
    .filter((part) => part !== "")
    .join("\n");
}

/**
 * @param {{ call: string, argument: string, options: Record<string, Option>, forms?: Form[] }} description
 * @returns {string} one line for each way to use the command
 */
function usage({ call, argument, options, forms = [{ options: Object.keys(options) }] }) {
  /** @param {string} name */
  const optional = (name) => {
    const option = options[name];
    return `[${spelled(name, option)}]${option?.multiple ? "..." : ""}`;
  };
  return forms
    .map(({ mode, options: names }, index) => {
      const always = [argument, ...(mode === undefined ? [] : [spelled(mode, options[mode])])].filter(
        Boolean,
      );
      const words = [...always, ...names.map(optional)];
      // npm keeps what comes before its "--".
      if (call.startsWith("npm") && words[0] !== undefined)
        words[0] = words[0].startsWith("[") ? `[-- ${words[0].slice(1)}` : `-- ${words[0]}`;
      return wrap([`${index === 0 ? "Usage:" : "      "} ${call}`, ...words], " ".repeat(9));
    })
    .join("");
}

/**
 * @param {string} name
 * @param {Option | undefined} option
 */
function spelled(name, option) {
  return `--${name}${option?.type === "string" ? ` ${option.value ?? "VALUE"}` : ""}`;
}

/** @param {string} text */
function paragraph(text) {
  return text
    .split("\n")
    .map((line) => wrap(line.split(" ").filter(Boolean), ""))
    .join("");
}

/**
 * @param {[string, string][]} rows
 * @returns {string} two columns
 */
function table(rows) {
  const column = Math.max(...rows.map(([left]) => left.length)) + 4;
  return rows
    .map(([left, right]) => wrap([`  ${left}`.padEnd(column - 1), ...right.split(" ")], " ".repeat(column)))
    .join("");
}

/**
 * @param {string[]} words
 * @param {string} indent of the lines after the first
 * @returns {string} as many words on a line as it holds
 */
function wrap(words, indent) {
  let text = "";
  let line = "";
  for (const word of words) {
    if (line !== "" && `${line} ${word}`.length > width) {
      text += `${line}\n`;
      line = indent + word;
    } else {
      line = line === "" ? word : `${line} ${word}`;
    }
  }
  return line === "" ? text : `${text}${line}\n`;
}

module.exports = { defineCommand };
