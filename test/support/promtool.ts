import { debianProgram } from "./debian-program";

/** Debian's and Ubuntu's packages, by their programs. */
const packages = {
  promtool: "prometheus",
  prometheus: "prometheus",
  "prometheus-pushgateway": "prometheus-pushgateway",
} as const;

/** A program of Prometheus. */
export type PrometheusProgram = keyof typeof packages;

/** Where a program of Prometheus is. Throws one line when there is none. */
export function prometheusProgram(name: PrometheusProgram): string {
  const given = process.env.PROMTOOL;
  return name === "promtool" && given !== undefined ? given : debianProgram(packages[name], name);
}
