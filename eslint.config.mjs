import js from "@eslint/js";
import tseslint from "typescript-eslint";

const typescript = ["src/**/*.ts", "scripts/**/*.ts", "test/**/*.ts"];
const nodeGlobals = [
  ...["AbortController", "Buffer", "URL", "console", "fetch", "performance", "process"],
  ...["clearInterval", "clearTimeout", "setImmediate", "setInterval", "setTimeout"],
];
const mochaGlobals = ["after", "afterEach", "before", "beforeEach", "describe", "it"];
const commonJsGlobals = ["__dirname", "__filename", "exports", "module", "require"];

const awsAlone = { group: ["@pulumi/aws", "@pulumi/aws/*"], message: "Only src/aws uses AWS." };
const policyAlone = {
  group: ["@pulumi/policy", "@pulumi/policy/*"],
  message: "Only src/policy uses policies.",
};

const readonly = (names) => Object.fromEntries(names.map((name) => [name, "readonly"]));

export default tseslint.config(
  { ignores: ["dist/", "node_modules/", ".local/", "coverage/"] },
  {
    // A finding is mended, or its rule is discussed here: comments in the code switch nothing off.
    linterOptions: { noInlineConfig: true, reportUnusedDisableDirectives: "error" },
    rules: { "max-lines": ["error", { max: 300 }], eqeqeq: "error" },
  },
  {
    files: ["**/*.mjs", "**/*.cjs"],
    extends: [js.configs.recommended],
    languageOptions: { globals: readonly(nodeGlobals) },
    rules: { "no-unused-vars": ["error", { ignoreRestSiblings: true }] },
  },
  // A table of cases is longer than code may be.
  { files: ["test/**"], rules: { "max-lines": ["error", { max: 400 }] } },
  { files: ["test/**/*.test.mjs"], languageOptions: { globals: readonly(mochaGlobals) } },
  { files: ["**/*.cjs"], languageOptions: { sourceType: "commonjs", globals: readonly(commonJsGlobals) } },
  {
    files: typescript,
    extends: [
      js.configs.recommended,
      tseslint.configs.strictTypeChecked,
      tseslint.configs.stylisticTypeChecked,
    ],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      // swc removes types file by file, and cannot see whether an import is one.
      "@typescript-eslint/consistent-type-imports": "error",
      "@typescript-eslint/consistent-type-exports": "error",
      "@typescript-eslint/switch-exhaustiveness-check": [
        "error",
        { considerDefaultExhaustiveForUnions: true },
      ],
      // `{ secret: _, ...rest }` is how a copy without a key is made.
      "@typescript-eslint/no-unused-vars": ["error", { ignoreRestSiblings: true }],
      // A number in a text reads the same in every locale.
      "@typescript-eslint/restrict-template-expressions": ["error", { allowNumber: true }],
      // It asks for the `!` that no-non-null-assertion refuses.
      "@typescript-eslint/non-nullable-type-assertion-style": "off",
      // `() => resolve()` is the usual way to write a callback.
      "@typescript-eslint/no-confusing-void-expression": ["error", { ignoreArrowShorthand: true }],
    },
  },
  {
    // The package works where @pulumi/aws and @pulumi/policy are not installed (docs/changing-the-code.md).
    files: ["src/**/*.ts"],
    ignores: ["src/aws/**", "src/policy/**"],
    rules: { "no-restricted-imports": ["error", { patterns: [awsAlone, policyAlone] }] },
  },
  { files: ["src/aws/**/*.ts"], rules: { "no-restricted-imports": ["error", { patterns: [policyAlone] }] } },
  { files: ["src/policy/**/*.ts"], rules: { "no-restricted-imports": ["error", { patterns: [awsAlone] }] } },
  {
    // A component must do the same in every stack: what it is told, it is told by its args.
    files: ["src/**/*.ts"],
    ignores: ["src/stack/**"],
    rules: {
      "no-restricted-syntax": [
        "error",
        {
          selector: "NewExpression[callee.property.name='Config'], NewExpression[callee.name='Config']",
          message: "Only src/stack reads pulumi.Config.",
        },
      ],
    },
  },
);
