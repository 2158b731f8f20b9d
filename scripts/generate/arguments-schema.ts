import * as path from "node:path";
import * as generator from "ts-json-schema-generator";
import type { BaseType, Context, SubNodeParser } from "ts-json-schema-generator";
import ts from "typescript";

/** The parts of JSON Schema that arguments need, with what this project's tags add. */
export interface SchemaNode {
  $ref?: string;
  type?: string | string[];
  description?: string;
  default?: unknown;
  enum?: unknown[];
  const?: unknown;
  pattern?: string;
  /** `@patternErrorMessage`: what to say of a value that does not match. Editors know it too. */
  patternErrorMessage?: string;
  /** `@secret`: the value is never printed. */
  secret?: boolean;
  minimum?: number;
  maximum?: number;
  exclusiveMinimum?: number;
  properties?: Record<string, SchemaNode>;
  patternProperties?: Record<string, SchemaNode>;
  required?: string[];
  additionalProperties?: boolean | SchemaNode;
  items?: SchemaNode;
  anyOf?: SchemaNode[];
  definitions?: Record<string, SchemaNode>;
}

/** What the documented arguments say. */
export interface DocumentedArguments {
  /** StackArgs, CertctlArgs and all that they reach, by name. */
  definitions: Record<string, SchemaNode>;
  /** What each value of a closed set means, by the set's name and the value. */
  choices: Record<string, Record<string, string>>;
}

/** Reads the files of arguments below `src`. */
export function documentedArguments(root: string): DocumentedArguments {
  // With noResolve only the files of arguments are read, and none of the SDKs' declarations, which would take
  // seconds.
  const options: ts.CompilerOptions = {
    strict: true,
    noResolve: true,
    target: ts.ScriptTarget.ES2022,
    module: ts.ModuleKind.Node16,
    types: [],
  };
  const files = ts.sys
    .readDirectory(path.join(root, "src"), [".ts"])
    .filter((file) => /(-args|\/types)\.ts$/.test(file));
  const program = ts.createProgram(files.sort(), options);
  const config: generator.CompletedConfig = {
    ...generator.DEFAULT_CONFIG,
    type: "CertctlArgs",
    additionalProperties: false,
    extraTags: ["patternErrorMessage", "secret"],
    jsDoc: "extended",
    expose: "export",
    skipTypeCheck: true,
    sortProps: false,
    encodeRefs: false,
  };
  const parser = generator.createParser(program, config, (chain) => {
    chain.addNodeParser(new InputsParser());
    chain.addNodeParser(new InputParser(chain as unknown as generator.NodeParser));
  });
  const schemas = new generator.SchemaGenerator(program, parser, generator.createFormatter(config), config);
  const definitions = {
    ...schemas.createSchema("CertctlArgs").definitions,
    ...schemas.createSchema("StackArgs").definitions,
  };
  return {
    definitions: definitions as Record<string, SchemaNode>,
    choices: choiceDescriptions(program, files),
  };
}

/** The comments in objects such as `export const TlsMode = { … } as const`. */
function choiceDescriptions(
  program: ts.Program,
  files: readonly string[],
): Record<string, Record<string, string>> {
  const declarations = files
    .flatMap((file) => program.getSourceFile(file)?.statements ?? [])
    .filter(ts.isVariableStatement)
    .flatMap(({ declarationList }) => declarationList.declarations);
  return Object.fromEntries(
    declarations.flatMap(({ name, initializer }) => {
      const object = initializer && ts.isAsExpression(initializer) ? initializer.expression : undefined;
      if (!object || !ts.isObjectLiteralExpression(object)) return [];
      return [[name.getText(), Object.fromEntries(object.properties.flatMap(describedValue))]];
    }),
  );
}

function describedValue(property: ts.ObjectLiteralElementLike): [string, string][] {
  if (!ts.isPropertyAssignment(property) || !ts.isStringLiteral(property.initializer)) return [];
  const comment = ts
    .getJSDocCommentsAndTags(property)
    .map(({ comment: text }) => ts.getTextOfJSDocComment(text) ?? "");
  return comment.length > 0 ? [[property.initializer.text, comment.join(" ")]] : [];
}

/** `pulumi.Inputs` is a map of anything. */
class InputsParser implements SubNodeParser {
  supportsNode(node: ts.Node): boolean {
    return ts.isTypeReferenceNode(node) && node.typeName.getText() === "pulumi.Inputs";
  }

  createType(): BaseType {
    return new generator.ObjectType("pulumi.Inputs", [], [], new generator.UnknownType(false));
  }
}

/** `pulumi.Input<X>` is documented and checked as X. */
class InputParser implements SubNodeParser {
  constructor(private readonly others: generator.NodeParser) {}

  supportsNode(node: ts.Node): boolean {
    return ts.isTypeReferenceNode(node) && node.typeName.getText() === "pulumi.Input";
  }

  createType(node: ts.TypeReferenceNode, context: Context): BaseType {
    const [wrapped] = node.typeArguments ?? [];
    return wrapped ? this.others.createType(wrapped, context) : new generator.UnknownType(false);
  }
}
