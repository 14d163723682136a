/** Checks the imports of src against .dependency-cruiser.mjs; `node tools/check-layering.ts [folder that holds src]`. */
import { resolve } from "node:path";
import { cruise, type IConfiguration } from "dependency-cruiser";
import extractConfig from "dependency-cruiser/config-utl/extract-depcruise-config";
import extractTypeScriptConfig from "dependency-cruiser/config-utl/extract-ts-config";

const house = resolve(import.meta.dirname, "..");
const folder = resolve(process.argv[2] ?? house);
const rules: IConfiguration = await extractConfig(resolve(house, ".dependency-cruiser.mjs"));

const answer = await cruise(
  ["src"],
  { ...rules.options, ruleSet: rules, baseDir: folder, validate: true, outputType: "err-long" },
  {},
  { tsConfig: extractTypeScriptConfig(resolve(house, "tsconfig.json")) },
);
const report = String(answer.output);
const modules = Number(/(\d+) modules/.exec(report)?.[1] ?? 0);
console.log(report.trim());
process.exitCode = answer.exitCode;

// With a TypeScript it cannot read, dependency-cruiser finds no module at all and calls that a success.
if (modules === 0) {
  console.error(
    `no module was found in ${folder}/src: nothing was checked. Does dependency-cruiser read this TypeScript?`,
  );
  process.exitCode = 1;
}
