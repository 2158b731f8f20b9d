/** Text where a paragraph is one line. */
export function prose(text: string): string {
  return text.replace(/([^\n])\n(?=[^\n*-])/g, "$1 ").trim();
}

/** Text in a cell of a Markdown table. */
export function cell(text: string): string {
  return prose(text).replace(/\s+/g, " ").replaceAll("|", "\\|");
}

/** A Markdown table. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.map(cell).join(" | ")} |`;
  return [line(head), `|${head.map(() => "---").join("|")}|`, ...rows.map(line)].join("\n");
}
