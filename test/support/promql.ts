/** Finds the metrics that an expression asks for, by Prometheus' own grammar. It throws when the expression is no PromQL. */
export async function metricFinder(): Promise<(expression: string) => string[]> {
  const { parser } = await import("@prometheus-io/lezer-promql");
  return (expression) => {
    const found = new Set<string>();
    parser.parse(expression).iterate({
      enter: (node) => {
        if (node.type.isError) throw new Error(`no PromQL at ${String(node.from)}: ${expression}`);
        if (node.name !== "VectorSelector") return;
        const name = node.node.firstChild;
        if (name?.name !== "Identifier") throw new Error(`a selector without a metric: ${expression}`);
        found.add(expression.slice(name.from, name.to));
      },
    });
    return [...found];
  };
}
