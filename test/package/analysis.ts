import { join } from "node:path";
import { Analyzer } from "@pulumi/pulumi/provider/experimental/analyzer";
import ts from "typescript";

const root = join(__dirname, "analyzed");

/** Every component that the package offers. */
export const componentNames = [
  "BackupBucket",
  "Certctl",
  "CertctlAgents",
  "CertctlMonitoring",
  "CertctlServer",
  "DatabaseBackup",
  "DatabaseMigration",
  "DatabaseRestore",
  "ExternalDatabase",
  "InstanceSecrets",
  "NetworkPolicies",
  "PostgresDatabase",
  "ServerExposure",
  "ServerProvisioning",
  "ServerTls",
  "SqlExporter",
];

/** Pulumi's analyzer of the package's sources, as `pulumi package get-schema` uses it. */
export function packageAnalyzer(): Analyzer {
  return new Analyzer(root, "certctl", { name: "certctl", main: "index.js" }, new Set(componentNames));
}

/** The compiled program that an analyzer looks at: to compile it twice would take seconds. */
export function programOf(analyzer: Analyzer): ts.Program {
  return (analyzer as unknown as { program: ts.Program }).program;
}

/** Names that public declarations mention and that no entry point exports, with the place. */
export function unexportedNames(program: ts.Program): string[] {
  const checker = program.getTypeChecker();
  const entry = program.getSourceFile(join(root, "index.ts"));
  const module = entry && checker.getSymbolAtLocation(entry);
  if (!module) throw new Error("the entry point was not found");
  const resolved = (symbol: ts.Symbol): ts.Symbol =>
    symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol;
  const exported = new Set(checker.getExportsOfModule(module).map(resolved));
  const isOwn = ({ declarations = [] }: ts.Symbol): boolean =>
    declarations.some((declaration) => declaration.getSourceFile().fileName.includes("/src/")) &&
    !declarations.some(ts.isTypeParameterDeclaration);

  const found = new Set<string>();
  const visit = (node: ts.Node, place: string): void => {
    if (isHidden(node)) return;
    const name = typeName(node);
    const symbol = name && checker.getSymbolAtLocation(name);
    if (name && symbol && isOwn(resolved(symbol)) && !exported.has(resolved(symbol)))
      found.add(`${place}: ${name.getText()}`);
    ts.forEachChild(node, (child) => visit(child, place));
  };
  for (const symbol of exported)
    for (const declaration of symbol.declarations ?? []) if (isOwn(symbol)) visit(declaration, symbol.name);
  return [...found].sort();
}

/** What users do not see: bodies, values, private and internal members. */
function isHidden(node: ts.Node): boolean {
  const isPrivate =
    ts.canHaveModifiers(node) &&
    ts.getModifiers(node)?.some(({ kind }) => kind === ts.SyntaxKind.PrivateKeyword) === true;
  const isInternal = ts.getJSDocTags(node).some(({ tagName }) => tagName.text === "internal");
  return ts.isBlock(node) || ts.isObjectLiteralExpression(node) || isPrivate || isInternal;
}

function typeName(node: ts.Node): ts.EntityName | ts.Expression | undefined {
  if (ts.isTypeReferenceNode(node)) return node.typeName;
  return ts.isExpressionWithTypeArguments(node) ? node.expression : undefined;
}
