import { debianProgram } from "./debian-program";

/** The programs of Debian's or Ubuntu's package `prometheus`. */
export type PrometheusProgram = "promtool" | "prometheus";

/** Where a program of Prometheus is. Throws one line when there is none. */
export function prometheusProgram(name: PrometheusProgram): string {
  const given = process.env.PROMTOOL;
  return name === "promtool" && given !== undefined ? given : debianProgram("prometheus", name);
}
