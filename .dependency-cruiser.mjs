/** What each part of the house may import. A closed list: an import that is not listed here is an error. It reads as the architecture. */

const MODEL = ["^src/core/model/", "^src/core/errors\\.ts$"];
const PORTS = "^src/jobs/(ports|state-port)\\.ts$";
// What tells people sees nothing of either system or of the state.
const NOTIFIER_PORT = "^src/jobs/notifier-port\\.ts$";

/** A package by name: depcruise sees the file inside it that an import resolves to. */
const packages = (...names) => names.map((name) => `(^|/)node_modules/${name}/`);
/** Modules of Node itself. */
const node = (...names) => names.map((name) => `^(node:)?${name}(/promises)?$`);

const MAY_IMPORT = {
  // Pure: no package, nothing of Node. tsc -p src/core and tools/pure-core.grit lock the same door twice more.
  "src/core/errors.ts": MODEL,
  "src/core/model/": MODEL,
  "src/core/mapping/": [...MODEL, "^src/core/mapping/"],
  "src/core/rules/": [...MODEL, "^src/core/rules/"],
  // A merged person goes through the rules before the plan is made: sync calls them, never the other way round.
  "src/core/sync/": [...MODEL, "^src/core/(mapping|rules|sync)/"],
  // How memberships stand in a fact is known in one place.
  "src/core/report/": [...MODEL, "^src/core/report/", "^src/core/rules/segment-membership\\.ts$"],
  "src/core/setup/": [...MODEL, "^src/core/setup/"],

  // util compares two values deeply and crypto names a plan by its hash; neither touches anything outside.
  "src/jobs/": ["^src/core/", "^src/jobs/", ...node("crypto", "util")],

  // CEL, texts, phone numbers and holidays come from packages, which the core gets as functions; module loads the holidays when they are asked for; crypto
  // makes the fingerprint of the files.
  "src/config/": [
    "^src/(core|config)/",
    ...packages("zod", "yaml", "@marcbachmann/cel-js", "libphonenumber-js", "liquidjs", "date-holidays"),
    ...node("fs", "path", "crypto", "module"),
  ],

  "src/crm/hubspot/": [
    ...MODEL,
    PORTS,
    "^src/crm/[^/]+\\.ts$",
    "^src/crm/hubspot/",
    ...packages("@hubspot/api-client", "zod"),
  ],
  // jsforce answers a request with a stream; crypto signs the JWT login.
  "src/crm/salesforce/": [
    ...MODEL,
    PORTS,
    "^src/crm/[^/]+\\.ts$",
    "^src/crm/salesforce/",
    ...packages("jsforce", "zod"),
    ...node("crypto", "stream"),
  ],
  "src/crm/[^/]+\\.ts$": [...MODEL, PORTS, "^src/crm/[^/]+\\.ts$", ...packages("p-queue", "p-retry")],

  // v8: the embedded database is WebAssembly, which is told how to be compiled. stream: pg reaches it through one, as if it were a server.
  "src/state/": [
    ...MODEL,
    PORTS,
    "^src/state/",
    ...packages("kysely", "pg", "@types/pg", "@electric-sql/pglite"),
    ...node("fs", "path", "os", "crypto", "stream", "v8"),
  ],

  // Services that reach people; each package is loaded when its service is used. crypto makes ids that are the same for the same notice.
  "src/notify/": [
    ...MODEL,
    NOTIFIER_PORT,
    "^src/notify/",
    ...packages("nodemailer", "@types/nodemailer", "@aws-sdk/client-sns"),
    ...node("crypto"),
  ],

  // zod says what report.json looks like; crypto allows the page's own styles and scripts by their hash.
  "src/report/": [
    ...MODEL,
    "^src/core/report/",
    "^src/report/",
    ...packages("zod"),
    ...node("fs", "path", "stream", "crypto"),
  ],

  // wire-up is the only place that knows every adapter.
  // package.json says which version this is.
  "src/app/": [
    "^src/(core|jobs|config|crm|state|notify|report|app)/",
    "^package\\.json$",
    ...packages("zod", "dotenv", "winston"),
    // worker_threads: a report of many people is counted by several threads.
    ...node("crypto", "events", "fs", "os", "path", "timers", "worker_threads"),
  ],

  "src/lambda/": [
    ...MODEL,
    "^src/(jobs|report|app|lambda)/",
    "^src/config/format-issues\\.ts$",
    ...packages(
      "@types/aws-lambda",
      "@aws-sdk/client-s3",
      "@aws-sdk/client-sqs",
      "@aws-sdk/client-ssm",
      "@aws-sdk/client-secrets-manager",
      "p-retry",
    ),
    ...node("crypto", "fs", "os", "path"),
  ],

  // Commands print what jobs, config and reports give them, and start the sandbox; they reach neither system nor the database themselves.
  "src/cli/": [
    ...MODEL,
    // What is shown is worked out again from what is stored, by the same functions that decided.
    "^src/core/(report|setup)/",
    "^src/core/rules/(suppression|segment-membership|whats-next|whose-and-why)\\.ts$",
    "^src/core/sync/(gather-facts|archive-survivor|flag-deletion)\\.ts$",
    "^src/(jobs|config|report|app|sandbox|cli)/",
    ...packages(
      "commander",
      "cli-progress",
      "@types/cli-progress",
      "cli-table3",
      "picocolors",
      "node-cron",
      "p-queue",
      "zod",
    ),
    ...node(
      "child_process",
      "crypto",
      "events",
      "fs",
      "module",
      "os",
      "path",
      "process",
      "readline",
      "timers",
      "url",
      "util",
    ),
  ],

  // Shares no code with the product: a wrong belief about an API must not pass its own test. diagnostics_channel tells a test run what was asked for.
  "src/sandbox/": [
    "^src/sandbox/",
    ...packages("ajv", "csv-parse", "@jetstreamapp/soql-parser-js", "yaml", "zod"),
    ...node("http", "net", "crypto", "fs", "path", "url", "diagnostics_channel"),
  ],
};

const layers = Object.entries(MAY_IMPORT).map(([from, to]) => ({
  name: `${from.replaceAll("\\", "").replace("[^/]+.ts$", "*.ts")} may not import that`,
  comment:
    "Move the code to a place that may, pass it in as an argument, or widen MAY_IMPORT in .dependency-cruiser.mjs and say why there.",
  severity: "error",
  from: { path: `^${from}` },
  to: { pathNot: to },
}));

export default {
  forbidden: [
    ...layers,
    {
      name: "every folder of src has its line in MAY_IMPORT",
      severity: "error",
      from: { path: "^src/", pathNot: Object.keys(MAY_IMPORT).map((from) => `^${from}`) },
      to: {},
    },
    { name: "no cycles, not even of types", severity: "error", from: {}, to: { circular: true } },
    {
      name: "the two CRMs are strangers",
      severity: "error",
      from: { path: "^src/(crm|sandbox)/(hubspot|salesforce)/" },
      to: { path: "^src/(crm|sandbox)/(hubspot|salesforce)/", pathNot: "^src/$1/$2/" },
    },
    {
      name: "the sandbox and the clients never meet",
      severity: "error",
      from: { path: "^src/(crm|sandbox)/" },
      to: { path: "^src/(crm|sandbox)/", pathNot: "^src/$1/" },
    },
    { name: "imports lead somewhere", severity: "error", from: {}, to: { couldNotResolve: true } },
    {
      name: "src imports no tests and no tools",
      severity: "error",
      from: { path: "^src/" },
      to: { path: "^(test|tools)/" },
    },
  ],
  options: {
    // Type-only imports count: the core cannot borrow even a type from the shell.
    tsPreCompilationDeps: true,
    tsConfig: { fileName: "tsconfig.json" },
    doNotFollow: { path: "node_modules" },
    enhancedResolveOptions: {
      exportsFields: ["exports"],
      conditionNames: ["import", "require", "node", "default", "types"],
    },
  },
};
