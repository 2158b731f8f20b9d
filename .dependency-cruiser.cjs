// The floors of src, from the top (docs/changing-the-code.md). A file may import from its own floor and from those
// below it, and nothing goes in circles; imports of types count.
"use strict";

const floors = [
  ["index.ts", "main.ts"],
  ["stack/"],
  ["certctl.ts"],
  ["instance/"],
  ["certctl-args.ts"],
  ["monitoring/", "aws/"],
  ["backup/", "policy/"],
  ["exposure/", "agents/", "provisioning/", "migration/"],
  ["server/"],
  ["secrets/", "database/"],
  ["tls/", "network/", "fleet-size/", "images/"],
  ["kubernetes/"],
  ["checks/"],
];

const anyOf = (places) => `^src/(${places.map((place) => place.replace(".", "\\.")).join("|")})`;

/** One rule per floor: nothing on it imports what lies above it. */
const upward = floors.slice(1).map((floor, index) => ({
  name: `upward-from-${floor.map((place) => place.replace(/\W/g, "-")).join("")}`.replace(/-$/, ""),
  comment: "A lower floor knows nothing of a higher one: move what both need down.",
  severity: "error",
  from: { path: anyOf(floor) },
  to: { path: anyOf(floors.slice(0, index + 1).flat()) },
}));

module.exports = {
  forbidden: [
    {
      name: "no-circle",
      comment: "Two files that need each other are one file, or share a third.",
      severity: "error",
      from: { path: "^(src|scripts|toolchain)/" },
      to: { circular: true },
    },
    ...upward,
    {
      name: "off-the-floors",
      comment: "Every file of src lies on a floor.",
      severity: "error",
      from: { path: "^src/", pathNot: anyOf(floors.flat()) },
      to: {},
    },
    {
      name: "src-alone",
      comment: "The package is built from src alone.",
      severity: "error",
      from: { path: "^src/" },
      to: { path: "^(scripts|toolchain|test)/" },
    },
  ],
  options: {
    doNotFollow: { path: "node_modules" },
    exclude: { path: "(node_modules|\\.json$)" },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: "tsconfig.json" },
  },
};
