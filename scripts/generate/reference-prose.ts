import { table } from "./words";

/** What comes before the tables. */
export const introduction = `<!-- Written by \`npm run generate\` from src/**/*-args.ts and src/server/variables/. Edit those. -->

# Configuration

A stack is configured in \`Pulumi.<stack>.yaml\`, under keys with the prefix \`certctl:\`. The component \`Certctl\` takes the same keys
without the prefix as its arguments, and its parts take the same objects: everything here holds for both.

\`\`\`yaml
# yaml-language-server: $schema=./schemas/pulumi-stack.schema.json
config:
  certctl:fleetSize: medium
  certctl:server:
    replicas: 3
    rateLimiting: { backend: postgres }
    service: { sessionAffinity: ClientIP }
  certctl:database:
    mode: external
    external: { host: postgres.example.com }
\`\`\`

With the first line, editors that know the YAML language server complete and check the file. On the command line, a key at the top is
set by \`pulumi config set certctl:fleetSize medium\`, and one further down by \`pulumi config set --path certctl:server.replicas 3\`.

Where there is a choice, a \`mode\` says which, and an object of the same name as the mode holds what only that choice needs.

Everything is checked before anything is deployed. All problems are reported at once, each with its path, the value, what is allowed and
the fix; values that are known only during the update are checked when they arrive, and nothing that depends on one goes on before.
\`npm run -s render -- <stack>\` checks a stack without a cluster.`;

/** How secrets get into a stack, with a table of them. */
export function secretsChapter(rows: readonly (readonly string[])[]): string {
  return `## Secrets

\`npm run secrets -- <stack>\` makes each secret that is missing, once, and never changes one that exists. It stores them encrypted in the
stack file, and so do these commands, for values of your own:

\`\`\`sh
pulumi config set --secret certctl:databasePassword                 # asks for the value
pulumi config set --secret --path certctl:apiKeys.admin
pulumi config set --secret certctl:caCertificate < ca.crt           # from a file
pulumi config set --secret --path certctl:secretEnv.CERTCTL_SLACK_WEBHOOK_URL
\`\`\`

A secret that stands in a stack file in clear text is refused. Keep what decrypts the file: without \`encryptionKey\` the database's own
secrets are lost. A secret that exists in the cluster already is named in \`existingSecrets\` instead, and then not configured here.

${table(["Key", "Meaning", "Variable"], rows)}`;
}
