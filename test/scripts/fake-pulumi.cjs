#!/usr/bin/env node
// Stands in for the Pulumi CLI: notes how it was called, and stores a value "encrypted" or prints the
// configuration, as the CLI would.
"use strict";
const fs = require("node:fs");
const { FAKE_PULUMI_CALLS: journal = "", FAKE_PULUMI_YAML: yaml = "yaml", ...variables } = process.env;
/** @type {typeof import("yaml")} */
const { parse, stringify } = require(yaml);

const args = process.argv.slice(2);
const input = fs.readFileSync(0, "utf8");
const calls = fs.existsSync(journal) ? JSON.parse(fs.readFileSync(journal, "utf8")) : [];
fs.writeFileSync(journal, JSON.stringify([...calls, { args, input }]));

if (String(calls.length) === variables.FAKE_PULUMI_FAILS_AT) {
  process.stderr.write(`${variables.FAKE_PULUMI_ERROR}\n`);
  process.exit(1);
}
if (args.includes("--show-secrets")) {
  process.stdout.write(variables.FAKE_PULUMI_CONFIG ?? "");
  process.exit(0);
}
const file = args[args.indexOf("--config-file") + 1] ?? "";
const content = (fs.existsSync(file) && parse(fs.readFileSync(file, "utf8"))) || {};
content.config ??= {};
const key = args.find((argument) => /^[\w-]+:/.test(argument)) ?? "";
const [name = "", entry] = key.split(".");
const value = args.includes("--secret") ? { secure: `encrypted ${input.length}` } : input;
if (entry === undefined) content.config[name] = value;
else content.config[name] = { ...content.config[name], [entry]: value };
fs.writeFileSync(file, stringify(content));
