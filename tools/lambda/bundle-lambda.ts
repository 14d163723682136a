/** Bundles each handler of src/lambda into one file in dist, says how big it is and what makes it so, and refuses what a Lambda must not carry. */
import { readdirSync, readFileSync, rmSync } from "node:fs";
import { basename, join, resolve } from "node:path";
import { build, type Metafile, type Plugin } from "esbuild";

const repository = resolve(import.meta.dirname, "../..");
const folder = join(repository, "dist");

/** A cold start reads the whole file: a sync starts every few minutes, a webhook has to answer at once and only passes ids on. */
const MOST_BYTES: Readonly<Record<string, number>> = {
  "sync-handler.mjs": 2_500_000,
  "changes-handler.mjs": 2_500_000,
  "report-handler.mjs": 2_500_000,
};
const MOST_BYTES_OF_OTHERS = 300_000;
/** Parts that a function on AWS has no use for. */
const FORBIDDEN = /(^|\/)(node_modules\/(@electric-sql\/pglite|commander|ajv|undici|mime-db)|src\/(cli|sandbox))\//;

/**
 * What jsforce and the HubSpot package load for ways of sending that LeadLoop does not use: our transports send by fetch, and no file is uploaded.
 * Each takes part of a cold start, undici a third of the bundle. Whoever should need one after all learns it from the error.
 */
const LEFT_OUT = ["undici", "form-data"];
const leaveOut: Plugin = {
  name: "leave-out",
  setup(pluginBuild) {
    const filter = new RegExp(`^(${LEFT_OUT.join("|")})$`);
    pluginBuild.onResolve({ filter }, ({ path }) => ({ path, namespace: "left-out" }));
    // jsforce's own list of logins asks the Salesforce command line, for which Node loads how to start a process.
    pluginBuild.onResolve({ filter: /^\.\/sfdx$/ }, ({ path }) => ({ path, namespace: "left-out" }));
    pluginBuild.onLoad({ filter: /.*/, namespace: "left-out" }, ({ path }) => ({ contents: absent(path) }));
  },
};

/** A module whose classes can be made and compared with, and do nothing else: jsforce makes an undici Agent when it is loaded. */
function absent(name: string): string {
  return `class Absent {}
    const refuse = () => { throw new Error("${name} is left out of the Lambda bundle, see tools/lambda/bundle-lambda.ts"); };
    module.exports = Object.assign(Absent, { Agent: Absent, ProxyAgent: Absent, Response: Absent, errors: { SocketError: Absent }, fetch: refuse, SfdxRegistry: Absent });`;
}

/**
 * What most runs never need is a file beside the handlers, read when it is first asked for: each hundred kilobytes that a cold start does not read are five
 * milliseconds of it. `by` is how it is asked for: by our own `load`, by a module that is itself imported late, or by a package that imports at the top
 * what it calls in one place, which then gets a stand-in that loads at the first use.
 */
const ON_DEMAND: readonly { readonly name: string; readonly by: "load" | "late-import" | "first-use" }[] = [
  { name: "date-holidays", by: "load" },
  { name: "nodemailer", by: "late-import" },
  { name: "xml2js", by: "first-use" },
  { name: "csv-parse", by: "first-use" },
  { name: "csv-parse/sync", by: "first-use" },
  { name: "csv-stringify", by: "first-use" },
  { name: "csv-stringify/sync", by: "first-use" },
];
const onDemand: Plugin = {
  name: "on-demand",
  setup(pluginBuild) {
    const imported = ON_DEMAND.filter(({ by }) => by !== "load");
    const filter = new RegExp(`^(${imported.map(({ name }) => name).join("|")})$`);
    pluginBuild.onResolve({ filter }, ({ path }) => ({ path, namespace: "on-demand" }));
    pluginBuild.onLoad({ filter: /.*/, namespace: "on-demand" }, ({ path }) => {
      const late = imported.find(({ name }) => name === path)?.by === "late-import";
      return { contents: late ? `module.exports = require("${fileOf(path)}");` : atFirstUse(fileOf(path)) };
    });
    pluginBuild.onResolve({ filter: /^\.\/on-demand\// }, ({ path }) => ({ path, external: true }));
    pluginBuild.onLoad({ filter: /src\/config\/public-holidays\.ts$/ }, ({ path }) => {
      const source = readFileSync(path, "utf8");
      const contents = source.replace('load("date-holidays")', `load("${fileOf("date-holidays")}")`);
      if (contents === source)
        throw new Error(`${path} no longer loads date-holidays as it did; see ${import.meta.filename}`);
      return { contents, loader: "ts" };
    });
  },
};

function fileOf(name: string): string {
  return `./on-demand/${name.replace("/", "-")}.cjs`;
}

/** TypeScript's own question, whether this was an ES module, is no use yet. */
function atFirstUse(file: string): string {
  return `let loaded;
    const get = (_, key) => (key === "__esModule" ? undefined : (loaded ??= require("${file}"))[key]);
    module.exports = new Proxy({}, { get });`;
}

/**
 * pg asks at start whether it runs on Cloudflare, by looking at the global Response: that alone loads Node's whole fetch, a tenth of a cold start, which a
 * tick of the schedule never needs.
 */
const askNothingOfFetch: Plugin = {
  name: "ask-nothing-of-fetch",
  setup(pluginBuild) {
    pluginBuild.onLoad({ filter: /pg\/lib\/stream\.js$/ }, ({ path }) => {
      const source = readFileSync(path, "utf8");
      const contents = source.replaceAll("if (isCloudflareRuntime())", "if (false)");
      if (contents === source) throw new Error(`${path} no longer asks as it did; see ${import.meta.filename}`);
      return { contents, loader: "js" };
    });
  },
};

/** winston brings its own copy of what Node has: the streams of an older Node. */
const nodesOwnStreams: Plugin = {
  name: "nodes-own-streams",
  setup(pluginBuild) {
    const part = { "readable-stream": "stream", "readable-stream/lib/_stream_writable.js": "stream.Writable" };
    pluginBuild.onResolve({ filter: /^readable-stream/ }, ({ path }) => ({ path, namespace: "nodes-own-streams" }));
    pluginBuild.onLoad({ filter: /.*/, namespace: "nodes-own-streams" }, ({ path }) => {
      const own = part[path as keyof typeof part];
      if (own === undefined)
        throw new Error(`${path} has no counterpart in Node's streams; see ${import.meta.filename}`);
      return { contents: `const stream = require("node:stream"); module.exports = ${own};` };
    });
  },
};

// Some packages inside are CommonJS and ask for what an ES module does not have. The names are none that minifying would give.
const commonJs = [
  "import{createRequire as bannerRequire}from'node:module'",
  "import{fileURLToPath as bannerPath}from'node:url'",
  "import{dirname as bannerFolder}from'node:path'",
  "const require=bannerRequire(import.meta.url),__filename=bannerPath(import.meta.url),__dirname=bannerFolder(__filename);",
].join(";");

rmSync(folder, { recursive: true, force: true });
const handlers = readdirSync(join(repository, "src/lambda")).filter((name) => name.endsWith("-handler.ts"));
const { metafile } = await build({
  entryPoints: handlers.map((name) => join(repository, "src/lambda", name)),
  absWorkingDir: repository,
  outdir: folder,
  outExtension: { ".js": ".mjs" },
  bundle: true,
  minify: true,
  platform: "node",
  target: "node24",
  format: "esm",
  banner: { js: commonJs },
  metafile: true,
  logLevel: "warning",
  plugins: [leaveOut, onDemand, askNothingOfFetch, nodesOwnStreams],
  // Packages that have a part for developers only (winston's colours) leave it out.
  define: { "process.env.NODE_ENV": '"production"' },
  // The runtime has the AWS SDK; pg asks for its native twin only if told to; the embedded database is imported when wanted, and here it never is.
  external: ["@aws-sdk/*", "pg-native", "*/embedded-database.ts"],
});

for (const { name } of ON_DEMAND) {
  await build({
    stdin: { contents: `module.exports = require("${name}");`, resolveDir: repository, loader: "js" },
    outfile: join(folder, fileOf(name)),
    bundle: true,
    minify: true,
    platform: "node",
    target: "node24",
    format: "cjs",
    logLevel: "error",
  });
}

for (const [path, output] of Object.entries(metafile.outputs)) {
  console.log(`${path}  ${kilobytes(output.bytes)}  (${heaviest(output)})`);
  // An import of the SDK at the top of a file is one of each cold start, even where that file is imported late.
  const eager = output.imports.filter(
    ({ path: name, kind }) => kind === "import-statement" && name.startsWith("@aws-sdk/"),
  );
  if (eager.length > 0) fail(`${path} loads ${eager[0]?.path} at its start; import it where it is used`);
  const strangers = Object.keys(output.inputs).filter((input) => FORBIDDEN.test(input));
  if (strangers.length > 0) fail(`${path} carries ${strangers.slice(0, 3).join(", ")}`);
  const most = MOST_BYTES[basename(path)] ?? MOST_BYTES_OF_OTHERS;
  if (output.bytes > most) fail(`${path} is larger than ${kilobytes(most)}`);
}

/** The packages that take the most room. */
function heaviest(output: Metafile["outputs"][string]): string {
  const sizes = new Map<string, number>();
  for (const [input, { bytesInOutput }] of Object.entries(output.inputs)) {
    const name = /.*node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(input)?.[1] ?? "LeadLoop";
    sizes.set(name, (sizes.get(name) ?? 0) + bytesInOutput);
  }
  const sorted = [...sizes].sort(([, a], [, b]) => b - a).slice(0, 8);
  return sorted.map(([name, bytes]) => `${name} ${kilobytes(bytes)}`).join(", ");
}

function kilobytes(bytes: number): string {
  return `${Math.round(bytes / 1_000)} KB`;
}

function fail(why: string): void {
  console.error(why);
  process.exitCode = 1;
}
