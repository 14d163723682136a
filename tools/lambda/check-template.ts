/** `node tools/lambda/check-template.ts [FILE …]`: checks the CloudFormation templates that `npm run package` made. */
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { loadAwsServiceSpec } from "@aws-cdk/aws-service-spec";
import { missingParts } from "./promised-parts.ts";
import { templateProblems } from "./template-problems.ts";

const PACKAGED = ["cloudformation-template-create-stack.json", "cloudformation-template-update-stack.json"];
const given = process.argv.slice(2);
const files =
  given.length > 0 ? given : PACKAGED.map((name) => resolve(import.meta.dirname, "../../.serverless", name));

const specification = await loadAwsServiceSpec();
for (const file of files) {
  const template = JSON.parse(readFileSync(file, "utf8")) as Readonly<Record<string, unknown>>;
  // A stack begins with the bucket alone: the rest is added to it.
  const isWhole = !file.endsWith("create-stack.json");
  const problems = [...templateProblems(template, specification), ...(isWhole ? missingParts(template) : [])];
  for (const problem of problems) console.error(`${file}: ${problem}`);
  if (problems.length > 0) process.exitCode = 1;
  else console.log(`${file}: ${Object.keys(template["Resources"] as object).length} resources, nothing wrong`);
}
