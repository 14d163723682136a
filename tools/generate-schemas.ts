/** Writes schemas/*.schema.json from the shapes of the files; with --check it only says whether they are up to date. */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import * as z from "zod";
import { jsonSchemas } from "../src/config/json-schemas.ts";
import { reportShape } from "../src/report/report-shape.ts";

const folder = join(dirname(fileURLToPath(import.meta.url)), "..", "schemas");
mkdirSync(folder, { recursive: true });
const report = { title: "LeadLoop closed-loop report (report.json)", ...z.toJSONSchema(reportShape) };
const wanted = new Map([...jsonSchemas(), ["closed-loop-report.schema.json", `${JSON.stringify(report, null, 2)}\n`]]);
const present = readdirSync(folder).filter((name) => name.endsWith(".schema.json"));
const stale = [...wanted].filter(
  ([name, text]) => !present.includes(name) || readFileSync(join(folder, name), "utf8") !== text,
);
const leftOver = present.filter((name) => !wanted.has(name));

if (process.argv.includes("--check")) {
  for (const [name] of stale) console.error(`schemas/${name} is not up to date`);
  for (const name of leftOver) console.error(`schemas/${name} belongs to no kind of file; delete it`);
  if (stale.length + leftOver.length > 0) {
    console.error("Run: node tools/generate-schemas.ts");
    process.exitCode = 1;
  }
} else {
  for (const [name, text] of stale) writeFileSync(join(folder, name), text);
  console.log(stale.length === 0 ? "schemas/ is up to date" : `wrote ${stale.map(([name]) => name).join(", ")}`);
}
