/** The JSON Schemas in schemas/ are those of the shapes, and the shipped files fit them. */
import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { Ajv2020 } from "ajv/dist/2020.js";
import { expect, test } from "vitest";
import { parse } from "yaml";
import { jsonSchemas } from "../../src/config/json-schemas.ts";

test("the files in schemas/ are up to date", () => {
  const output = execFileSync(process.execPath, ["tools/generate-schemas.ts", "--check"], { encoding: "utf8" });
  expect(output).toBe("");
  expect(readdirSync("schemas").sort()).toEqual([...jsonSchemas().keys(), "closed-loop-report.schema.json"].sort());
});

const shipped = [
  ...readdirSync("mappings").map((file) => ({ file: `mappings/${file}`, schema: "mapping.schema.json" })),
  ...readdirSync("config").map((file) => ({
    file: `config/${file}`,
    schema: `${file.replace(".yml", "")}.schema.json`,
  })),
];

test.each(shipped)("$file fits its schema, names it, and says first what it decides", ({ file, schema }) => {
  const text = readFileSync(file, "utf8");
  const [first = "", second = ""] = text.split("\n");
  expect(first).toMatch(/^# [A-Z].*\.$/);
  expect(second).toBe(`# yaml-language-server: $schema=../schemas/${schema}`);
  const validate = new Ajv2020({ strict: true, strictTypes: false }).compile(
    JSON.parse(jsonSchemas().get(schema)!) as object,
  );
  expect(validate(parse(text)) ? [] : validate.errors).toEqual([]);
  expect(validate({ unheard: "of" })).toBe(false);
});
