/**
 * Finds the metrics that an expression asks for, by Prometheus' own grammar. It throws when the expression is
 * no PromQL.
 */
export async function metricFinder(): Promise<(expression: string) => string[]> {
  const selectorsIn = await selectorFinder();
  return (expression) => [...new Set(selectorsIn(expression).map(({ metric }) => metric))];
}

/** What an expression asks for: a metric, and the text with its matchers. */
export interface Selector {
  metric: string;
  text: string;
}

/** Finds the selectors in an expression, each as often as it is there. */
export async function selectorFinder(): Promise<(expression: string) => Selector[]> {
  const { parser } = await import("@prometheus-io/lezer-promql");
  return (expression) => {
    const found: Selector[] = [];
    parser.parse(expression).iterate({
      enter: (node) => {
        if (node.type.isError) throw new Error(`no PromQL at ${String(node.from)}: ${expression}`);
        if (node.name !== "VectorSelector") return;
        const name = node.node.firstChild;
        if (name?.name !== "Identifier") throw new Error(`a selector without a metric: ${expression}`);
        found.push({
          metric: expression.slice(name.from, name.to),
          text: expression.slice(node.from, node.to),
        });
      },
    });
    return found;
  };
}
