/** Bundles each handler of src/lambda into one file in dist, says how big it is and what makes it so, and refuses what a Lambda must not carry. */
import { readdirSync, rmSync } from "node:fs";
import { join, resolve } from "node:path";
import { build, type Metafile } from "esbuild";

const repository = resolve(import.meta.dirname, "..");
const folder = join(repository, "dist");

/** A sync starts every few minutes and a cold start reads the whole file. */
const MOST_BYTES = 2_500_000;
/** Parts that a scheduled function has no use for. */
const FORBIDDEN = /(^|\/)(node_modules\/(@electric-sql\/pglite|commander|ajv)|src\/(cli|sandbox))\//;

// Some packages inside are CommonJS and ask for what an ES module does not have.
const commonJs = [
  "import{createRequire as r}from'node:module'",
  "import{fileURLToPath as f}from'node:url'",
  "import{dirname as d}from'node:path'",
  "const require=r(import.meta.url),__filename=f(import.meta.url),__dirname=d(__filename);",
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
  // The runtime has the AWS SDK; pg asks for its native twin only if told to; the embedded database is imported when wanted, and here it never is.
  external: ["@aws-sdk/*", "pg-native", "*/embedded-database.ts"],
});

for (const [path, output] of Object.entries(metafile.outputs)) {
  console.log(`${path}  ${kilobytes(output.bytes)}  (${heaviest(output)})`);
  const strangers = Object.keys(output.inputs).filter((input) => FORBIDDEN.test(input));
  if (strangers.length > 0) fail(`${path} carries ${strangers.slice(0, 3).join(", ")}`);
  if (output.bytes > MOST_BYTES) fail(`${path} is larger than ${kilobytes(MOST_BYTES)}`);
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
