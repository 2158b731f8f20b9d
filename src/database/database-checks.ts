import type * as pulumi from "@pulumi/pulumi";
import type { Issue } from "../checks/issues";
import { issueIf, joinPath, show, under } from "../checks/issues";
import { text } from "../checks/unseen";
import {
  byteIssues,
  durationIssues,
  resourceIssues,
  schedulingIssues,
  storageIssues,
} from "../kubernetes/kubernetes-checks";
import { durationSeconds, quantityInBytes } from "../kubernetes/units";
import { passwordIssues } from "../secrets/secrets-checks";
import { certificateBundleProblem } from "../tls/pem";
import { DatabaseMode, SslMode } from "./database-args";
import type { DatabaseSettings, ExternalDatabaseSettings, PostgresSettings } from "./database-args";
import { governedParameters } from "./postgres-parameters";

/** What is wrong with the choice of a database. */
export function databaseIssues({ mode, bundled, external }: DatabaseSettings): Issue[] {
  const chosen = mode ?? DatabaseMode.Bundled;
  return [
    ...issueIf(
      chosen === DatabaseMode.External && external === undefined,
      "external",
      "is missing; mode external needs at least external.host",
    ),
    ...issueIf(
      chosen === DatabaseMode.External && bundled !== undefined,
      "bundled",
      "is only for mode bundled; remove it",
    ),
    ...issueIf(
      chosen === DatabaseMode.Bundled && external !== undefined,
      "external",
      "is only for mode external; set database.mode: external",
    ),
    ...under("bundled", postgresIssues(bundled ?? {})),
    ...under("external", external ? externalDatabaseIssues(external) : []),
  ];
}

/** The password of a database on its own: by value, or by the name of a Secret. */
export interface PasswordSource {
  password?: pulumi.Input<string>;
  existingPasswordSecret?: pulumi.Input<string>;
}

/** What is wrong with where a password comes from. */
export function passwordSourceIssues({ password, existingPasswordSecret }: PasswordSource): Issue[] {
  return [
    ...issueIf(
      password === undefined && existingPasswordSecret === undefined,
      "password",
      "is missing; give it, or existingPasswordSecret, the name of a Secret with the key password",
    ),
    ...issueIf(
      password !== undefined && existingPasswordSecret !== undefined,
      "existingPasswordSecret",
      "takes the place of password, which is set too; remove one of the two",
    ),
    ...passwordIssues("password", password),
  ];
}

/** What is wrong with the settings of a bundled PostgreSQL. */
export function postgresIssues(settings: PostgresSettings): Issue[] {
  const reserved = text(settings.user)?.startsWith("pg_") ?? false;
  const buffers = quantityInBytes(text(settings.sharedBuffers) ?? "");
  const memory = text(settings.resources?.limits?.memory);
  return [
    ...issueIf(
      reserved,
      "user",
      `${show(settings.user)} is reserved: PostgreSQL keeps names that start with pg_ for itself`,
    ),
    ...under("storage", storageIssues(settings.storage)),
    ...byteIssues("sharedBuffers", settings.sharedBuffers),
    ...issueIf(
      buffers < 131072,
      "sharedBuffers",
      `${show(settings.sharedBuffers)} is too small; PostgreSQL needs at least 128Ki`,
    ),
    ...issueIf(
      buffers >= quantityInBytes(memory ?? ""),
      "sharedBuffers",
      `${show(settings.sharedBuffers)} must be less than the memory limit, ${memory ?? ""}; a quarter of it is usual`,
    ),
    ...under("parameters", parameterIssues(settings.parameters)),
    ...under("resources", resourceIssues(settings.resources)),
    ...under("scheduling", schedulingIssues(settings.scheduling)),
  ];
}

function parameterIssues(parameters: Record<string, string> | undefined): Issue[] {
  return Object.entries(parameters ?? {}).flatMap(([name, value]) => {
    const path = joinPath("", name);
    if (!/^[a-zA-Z_][a-zA-Z0-9_]*(\.[a-zA-Z_][a-zA-Z0-9_$]*)?$/.test(name)) {
      return [{ path, message: "is not the name of a PostgreSQL parameter" }];
    }
    const governed = governedParameters[name.toLowerCase()];
    return [
      ...issueIf(governed !== undefined, path, `cannot be set here: ${governed ?? ""}`),
      ...issueIf(
        hasControlCharacter(text(value) ?? ""),
        path,
        "holds a line break or another control character",
      ),
    ];
  });
}

function hasControlCharacter(value: string): boolean {
  return Array.from(value).some((character) => character < " ");
}

/** What is wrong with the address of an existing PostgreSQL. */
export function externalDatabaseIssues(settings: ExternalDatabaseSettings): Issue[] {
  const { caCertificate, connectTimeout, sslMode } = settings;
  const verifies = sslMode !== SslMode.Disable && sslMode !== SslMode.Require;
  const ca = text(caCertificate);
  const problem = ca === undefined ? undefined : certificateBundleProblem(ca);
  const seconds = durationSeconds(text(connectTimeout) ?? "");
  return [
    ...hostIssues(text(settings.host)),
    ...issueIf(text(settings.database) === "", "database", "is empty"),
    ...issueIf(text(settings.user) === "", "user", "is empty"),
    ...issueIf(problem !== undefined, "caCertificate", problem ?? ""),
    ...issueIf(
      caCertificate !== undefined && !verifies,
      "caCertificate",
      `is not used with sslMode ${show(sslMode)}; use verify-full, or remove it`,
    ),
    // Any certificate of a public CA would do, whoever has it; libpq refuses that.
    ...issueIf(
      sslMode === SslMode.VerifyCa && caCertificate === undefined,
      "sslMode",
      '"verify-ca" is only with a caCertificate: name that of the server, or use verify-full',
    ),
    ...durationIssues("connectTimeout", connectTimeout, "1s"),
    ...issueIf(
      seconds > 1 && !Number.isInteger(seconds),
      "connectTimeout",
      `${show(connectTimeout)} is not a whole number of seconds`,
    ),
  ];
}

/** The value is not shown where it may hold a password. */
function hostIssues(host: string | undefined): Issue[] {
  if (host === undefined) return [];
  if (host === "") return [{ path: "host", message: "is empty; give the DNS name or address of the server" }];
  if (host.includes("://") || host.includes("@")) {
    return [
      {
        path: "host",
        message:
          "is a URL; give the name alone, the rest as port, database and user, and the password as a secret",
      },
    ];
  }
  if (/^[^:]+:[0-9]+$/.test(host))
    return [{ path: "host", message: `${show(host)} has a port; set database.external.port` }];
  const valid =
    /^[A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9.])?$/.test(host) || /^[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*$/.test(host);
  return issueIf(!valid, "host", `${show(host)} is not a DNS name and not an address`);
}
