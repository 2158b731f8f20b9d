#!/usr/bin/env node
// Stands in for the Pulumi CLI: notes how it was called, and stores a value "encrypted" or prints the
// configuration, as the CLI would.
"use strict";
const fs = require("node:fs");
const { parse, stringify } = require(process.env.FAKE_PULUMI_YAML);

const args = process.argv.slice(2);
const option = (name) => args[args.indexOf(name) + 1];
const input = fs.readFileSync(0, "utf8");
const calls = fs.existsSync(process.env.FAKE_PULUMI_CALLS)
  ? JSON.parse(fs.readFileSync(process.env.FAKE_PULUMI_CALLS, "utf8"))
  : [];
fs.writeFileSync(process.env.FAKE_PULUMI_CALLS, JSON.stringify([...calls, { args, input }]));

if (String(calls.length) === process.env.FAKE_PULUMI_FAILS_AT) {
  process.stderr.write(`${process.env.FAKE_PULUMI_ERROR}\n`);
  process.exit(1);
}
if (args.includes("--show-secrets")) {
  process.stdout.write(process.env.FAKE_PULUMI_CONFIG);
  process.exit(0);
}
const file = option("--config-file");
const content = (fs.existsSync(file) && parse(fs.readFileSync(file, "utf8"))) || {};
content.config ??= {};
const key = args.find((argument) => /^[\w-]+:/.test(argument));
const [name, entry] = key.split(".");
const value = args.includes("--secret") ? { secure: `encrypted ${input.length}` } : input;
if (entry === undefined) content.config[name] = value;
else content.config[name] = { ...content.config[name], [entry]: value };
fs.writeFileSync(file, stringify(content));
