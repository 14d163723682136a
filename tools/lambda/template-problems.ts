/** What is wrong with a CloudFormation template, without asking AWS: types, properties, references, the runtime, and roles that may too much. */
import type { PropertyType, ResourceProperties, SpecDatabase } from "@aws-cdk/service-spec-types";

type Json = Readonly<Record<string, unknown>>;

/** https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtimes.html; the vendor's own description takes any text here. */
const RUNTIMES: ReadonlySet<string> = new Set(["nodejs22.x", "nodejs24.x"]);
const PSEUDO = /^AWS::(AccountId|Region|Partition|StackName|StackId|URLSuffix|NoValue|NotificationARNs)$/;

/** One sentence each, with where it is; none when all is well. */
export function templateProblems(template: Json, specification: SpecDatabase): readonly string[] {
  const check = new TemplateCheck(template, specification);
  check.run();
  return check.problems;
}

class TemplateCheck {
  readonly problems: string[] = [];
  readonly #resources: Readonly<Record<string, Json>>;
  readonly #template: Json;
  readonly #specification: SpecDatabase;

  constructor(template: Json, specification: SpecDatabase) {
    this.#template = template;
    this.#specification = specification;
    this.#resources = asObject(template["Resources"]) as Readonly<Record<string, Json>>;
  }

  run(): void {
    for (const [id, resource] of Object.entries(this.#resources)) {
      const type = String(resource["Type"]);
      const [known] = this.#specification.lookup("resource", "cloudFormationType", "equals", type);
      if (known === undefined) {
        this.problems.push(`${id}: there is no resource of type ${type}`);
        continue;
      }
      this.#properties(id, known.properties, asObject(resource["Properties"]));
      if (type === "AWS::Lambda::Function") this.#runtime(id, asObject(resource["Properties"]));
      if (type === "AWS::IAM::Role") this.#role(id, asObject(resource["Properties"]));
      if (type === "AWS::IAM::Policy") this.#policy(id, asObject(resource["Properties"]));
      const needed = listOf(resource["DependsOn"]);
      for (const other of needed) if (this.#resources[String(other)] === undefined) this.#dangling(id, String(other));
      this.#condition(id, resource["Condition"]);
    }
    this.#references("template", { ...this.#template, Resources: this.#resources });
  }

  #properties(path: string, known: ResourceProperties, given: Json): void {
    for (const [name, { required }] of Object.entries(known)) {
      if (required === true && given[name] === undefined) this.problems.push(`${path}: ${name} is missing`);
    }
    for (const [name, value] of Object.entries(given)) {
      const property = known[name];
      if (property === undefined) this.problems.push(`${path}: there is no property ${name}`);
      else this.#value(`${path}.${name}`, property.type, value);
    }
  }

  #value(path: string, type: PropertyType, value: unknown): void {
    if (isIntrinsic(value)) {
      const branches = (value as Json)["Fn::If"];
      if (Array.isArray(branches)) for (const branch of branches.slice(1)) this.#value(path, type, branch);
      return;
    }
    if (type.type === "array") this.#list(path, type.element, value);
    else if (type.type === "ref")
      this.#object(path, this.#specification.get("typeDefinition", type.reference.$ref), value);
    else if (type.type === "map") {
      for (const [name, element] of Object.entries(asObject(value)))
        this.#value(`${path}.${name}`, type.element, element);
    } else if (type.type === "union") {
      if (!type.types.some((one) => this.#fits(one, value)))
        this.problems.push(`${path} has none of the types it may have`);
    } else if (!isPrimitive(type.type, value)) this.problems.push(`${path} must be of type ${type.type}`);
  }

  #list(path: string, element: PropertyType, value: unknown): void {
    if (!Array.isArray(value)) this.problems.push(`${path} must be a list`);
    else for (const [index, one] of value.entries()) this.#value(`${path}[${index}]`, element, one);
  }

  #object(path: string, definition: { readonly properties: ResourceProperties }, value: unknown): void {
    if (!isObject(value)) this.problems.push(`${path} must be an object`);
    else this.#properties(path, definition.properties, value);
  }

  #fits(type: PropertyType, value: unknown): boolean {
    const trial = new TemplateCheck(this.#template, this.#specification);
    trial.#value("", type, value);
    return trial.problems.length === 0;
  }

  /** Every Ref, GetAtt, Sub and If names something that is there. */
  #references(path: string, value: unknown): void {
    if (Array.isArray(value))
      for (const [index, element] of value.entries()) this.#references(`${path}[${index}]`, element);
    if (!isObject(value)) return;
    for (const [key, inner] of Object.entries(value)) {
      if (key === "Ref") this.#target(path, String(inner));
      else if (key === "Fn::GetAtt")
        this.#attribute(path, Array.isArray(inner) ? inner.map(String) : String(inner).split("."));
      else if (key === "Fn::Sub") this.#substitutions(path, inner);
      else if (key === "Fn::If" && Array.isArray(inner)) this.#condition(path, inner[0]);
      this.#references(path === "template" ? key : `${path}.${key}`, inner);
    }
  }

  #target(path: string, name: string): void {
    const parameters = asObject(this.#template["Parameters"]);
    if (!PSEUDO.test(name) && this.#resources[name] === undefined && parameters[name] === undefined)
      this.#dangling(path, name);
  }

  #attribute(path: string, [name = "", ...attribute]: readonly string[]): void {
    const resource = this.#resources[name];
    if (resource === undefined) {
      this.#dangling(path, name);
      return;
    }
    const [known] = this.#specification.lookup("resource", "cloudFormationType", "equals", String(resource["Type"]));
    const wanted = attribute.join(".");
    if (known !== undefined && known.attributes[wanted] === undefined && known.properties[wanted] === undefined)
      this.problems.push(`${path}: ${name} has no attribute ${wanted}`);
  }

  #substitutions(path: string, value: unknown): void {
    const [text, own] = Array.isArray(value) ? [String(value[0]), asObject(value[1])] : [String(value), {}];
    for (const [, name = ""] of text.matchAll(/\$\{([^!}][^}]*)\}/g)) {
      if (own[name] !== undefined) continue;
      if (name.includes(".")) this.#attribute(path, name.split("."));
      else this.#target(path, name);
    }
  }

  #condition(path: string, name: unknown): void {
    if (name === undefined || asObject(this.#template["Conditions"])[String(name)] !== undefined) return;
    this.problems.push(`${path}: there is no condition ${String(name)}`);
  }

  #dangling(path: string, name: string): void {
    this.problems.push(`${path}: there is no ${name} to refer to`);
  }

  #runtime(id: string, properties: Json): void {
    const runtime = String(properties["Runtime"]);
    if (!RUNTIMES.has(runtime)) this.problems.push(`${id}: ${runtime} is no runtime that LeadLoop can use`);
  }

  /** A role of ours names what it may do and on what: no action and no resource for everything. */
  #role(id: string, properties: Json): void {
    for (const policy of listOf(properties["Policies"])) this.#policy(id, asObject(policy));
  }

  #policy(id: string, policy: Json): void {
    const statements = listOf(asObject(policy["PolicyDocument"])["Statement"]).map(asObject);
    for (const statement of statements) if (statement["Effect"] === "Allow") this.#statement(id, statement);
  }

  #statement(id: string, statement: Json): void {
    const actions = listOf(statement["Action"]).map(String);
    for (const action of actions.filter((name) => name.includes("*")))
      this.problems.push(`${id}: the action ${action} is for everything`);
    const resources = listOf(statement["Resource"]);
    if (resources.length === 0) this.problems.push(`${id}: a statement names no resource`);
    for (const resource of resources.filter((one) => !namesSomething(one)))
      this.problems.push(`${id}: ${actions.join(", ")} on ${JSON.stringify(resource)} is for everything`);
  }
}

function listOf(value: unknown): readonly unknown[] {
  if (value === undefined) return [];
  return Array.isArray(value) ? value : [value];
}

/** A name of our own stands before the first wildcard: `…:secret:leadloop/prod/connection/*` does, `…:secret:*` does not. */
function namesSomething(resource: unknown): boolean {
  const branches = asObject(resource)["Fn::If"];
  if (Array.isArray(branches)) return branches.slice(1).every(namesSomething);
  const text = typeof resource === "string" ? resource : asObject(resource)["Fn::Sub"];
  if (typeof text !== "string") return isIntrinsic(resource);
  const wildcard = text.search(/[*?]/);
  return wildcard === -1 || /(:|\/)leadloop[/-]|^\$\{\w+\.Arn\}\//.test(text.slice(0, wildcard));
}

function isPrimitive(type: string, value: unknown): boolean {
  if (type === "string" || type === "date-time") return typeof value === "string" || typeof value === "number";
  if (type === "integer") return Number.isInteger(Number(value)) && typeof value !== "boolean" && value !== "";
  if (type === "number") return typeof value !== "boolean" && value !== "" && Number.isFinite(Number(value));
  if (type === "boolean") return typeof value === "boolean" || value === "true" || value === "false";
  if (type === "json") return isObject(value) || typeof value === "string";
  return true;
}

function isIntrinsic(value: unknown): boolean {
  const [key, ...others] = isObject(value) ? Object.keys(value) : [];
  return others.length === 0 && key !== undefined && (key === "Ref" || key.startsWith("Fn::"));
}

function isObject(value: unknown): value is Json {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function asObject(value: unknown): Json {
  return isObject(value) ? value : {};
}
