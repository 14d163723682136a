/** The building blocks of every file's shape, each with its own sentence for the admin who gets it wrong. */
import * as z from "zod";
import { writeInstead } from "./nearest-name.ts";
import { found } from "./shape-words.ts";

const EMAIL_ADDRESS = /^[^\s@]+@[^\s@]+\.[^\s@]+$/;
const KEBAB_NAME = /^[a-z0-9]+(?:-[a-z0-9]+)*$/;
const FIELD_NAME = /^[A-Za-z][A-Za-z0-9_]*$/;
const FIELD_PATH = /^[A-Za-z][A-Za-z0-9_]*(?:\.[A-Za-z][A-Za-z0-9_]*){0,5}$/;

/** One of a closed list of words, named by `noun` when it is not ("a sync rule"). */
export function choice<const T extends readonly string[]>(words: T, noun: string): z.ZodEnum<{ [K in T[number]]: K }> {
  return z.enum(words, {
    error: ({ input }) => {
      if (typeof input === "string") return `"${input}" is not ${noun}; ${writeInstead(input, words)}`;
      return `${found(input)}; write ${noun}: ${words.join(", ")}`;
    },
  }) as unknown as z.ZodEnum<{ [K in T[number]]: K }>;
}

/** Any text but an empty one. */
export function text(example: string): z.ZodString {
  const error = ({ input }: { readonly input?: unknown }) =>
    input === "" ? `is empty; write text such as ${example}` : `${found(input)}; write text such as ${example}`;
  return z.string({ error }).min(1, { error });
}

/** A name in an admin's file: small letters, digits and hyphens. */
export function kebabName(example: string): z.ZodString {
  return named(KEBAB_NAME, `write a name in small letters, digits and hyphens, such as ${example}`);
}

/** A field or property as the system spells it. */
export function fieldName(example: string): z.ZodString {
  return named(FIELD_NAME, `write the field's API name, such as ${example}`);
}

/**
 * A Salesforce field, or one of another object over at most five relations.
 * https://developer.salesforce.com/docs/atlas.en-us.soql_sosl.meta/soql_sosl/sforce_api_calls_soql_relationships_query_limits.htm
 */
export function fieldPath(example: string): z.ZodString {
  return named(
    FIELD_PATH,
    `write the field's API name, such as ${example}, or one over a relation, such as Account.Name`,
  );
}

export function emailAddress(): z.ZodString {
  return named(EMAIL_ADDRESS, "write the owner's e-mail address, such as anna@example.com");
}

/** A calendar day; YAML reads it as text. */
export function isoDay(): z.ZodString {
  return named(/^\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])$/, "write a day such as 2026-12-24");
}

/** A CEL condition; compiled and checked against the fields after the shape. */
export function condition(): z.ZodString {
  return z.string({
    error: ({ input }) =>
      typeof input === "boolean"
        ? `${input} needs quotes here: a condition is text, such as "true" for everybody, or country == "DE"`
        : `${found(input)}; write a condition such as country == "DE"`,
  });
}

/** A whole number within bounds. */
export function whole(minimum: number, maximum: number, unit: string): z.ZodNumber {
  const error = ({ input }: { readonly input?: unknown }) =>
    `${foundNumber(input)}; write a whole number of ${unit} from ${minimum} to ${maximum}`;
  return z.number({ error }).int({ error }).min(minimum, { error }).max(maximum, { error });
}

/** Any number within bounds. */
export function amount(minimum: number, maximum: number, unit: string): z.ZodNumber {
  const error = ({ input }: { readonly input?: unknown }) =>
    `${foundNumber(input)}; write ${unit} from ${minimum} to ${maximum}`;
  return z.number({ error }).min(minimum, { error }).max(maximum, { error });
}

/** A part of a whole: 0.2 is 20 %. */
export function share(): z.ZodNumber {
  return amount(0, 1, "a share (0.2 is 20 %)");
}

function foundNumber(input: unknown): string {
  return typeof input === "number" ? `${input} is out of place` : found(input);
}

function named(pattern: RegExp, advice: string): z.ZodString {
  const error = ({ input }: { readonly input?: unknown }) =>
    typeof input === "string" ? `"${input}" does not fit; ${advice}` : `${found(input)}; ${advice}`;
  return z.string({ error }).regex(pattern, { error });
}
