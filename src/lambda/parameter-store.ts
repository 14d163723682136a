/** Reads SSM parameters and Secrets Manager secrets. The AWS SDK is the runtime's, and is loaded when something is first asked for. */
import { StopRun } from "../core/errors.ts";
import { TimedCache } from "./timed-cache.ts";

/** Where a deployment's settings are; both answers are kept for `ttlMs`. */
export interface ParameterStore {
  /** One parameter's value. Throws StopRun when it is missing or may not be read. */
  parameter(name: string): Promise<string>;
  /** The parameters directly below a path, by their last part; empty when there are none. */
  parametersUnder(path: string): Promise<Readonly<Record<string, string>>>;
  /** A secret that is a JSON object of texts. Throws StopRun when it is missing, may not be read or is something else. */
  secret(id: string): Promise<Readonly<Record<string, string>>>;
  /** Reads a secret anew the next time: what was kept was refused. */
  forgetSecret(id: string): void;
}

export function openParameterStore(ttlMs: number): ParameterStore {
  const one = new TimedCache<string>(ttlMs);
  const several = new TimedCache<Readonly<Record<string, string>>>(ttlMs);
  const secrets = new TimedCache<Readonly<Record<string, string>>>(ttlMs);
  return {
    parameter: (name) => one.get(name, () => readParameter(name)),
    parametersUnder: (path) => several.get(path, () => readParameters(path)),
    secret: (id) => secrets.get(id, () => readSecret(id)),
    forgetSecret: (id) => secrets.forget(id),
  };
}

async function readParameter(name: string): Promise<string> {
  const { SSMClient, GetParameterCommand } = await import("@aws-sdk/client-ssm");
  const answer = await new SSMClient({})
    .send(new GetParameterCommand({ Name: name, WithDecryption: true }))
    .catch((cause: unknown) => refuse(`parameter ${name}`, cause));
  return answer.Parameter?.Value ?? "";
}

async function readParameters(path: string): Promise<Readonly<Record<string, string>>> {
  const { SSMClient, GetParametersByPathCommand } = await import("@aws-sdk/client-ssm");
  const client = new SSMClient({});
  const found: Record<string, string> = {};
  let token: string | undefined;
  do {
    const page = await client
      .send(new GetParametersByPathCommand({ Path: path, WithDecryption: true, NextToken: token }))
      .catch((cause: unknown) => refuse(`the parameters under ${path}`, cause));
    for (const { Name, Value } of page.Parameters ?? []) {
      if (Name !== undefined && Value !== undefined) found[Name.slice(Name.lastIndexOf("/") + 1)] = Value;
    }
    token = page.NextToken;
  } while (token !== undefined);
  return found;
}

async function readSecret(id: string): Promise<Readonly<Record<string, string>>> {
  const { SecretsManagerClient, GetSecretValueCommand } = await import("@aws-sdk/client-secrets-manager");
  const answer = await new SecretsManagerClient({})
    .send(new GetSecretValueCommand({ SecretId: id }))
    .catch((cause: unknown) => refuse(`secret ${id}`, cause));
  const parsed = parsedObject(answer.SecretString ?? "");
  if (parsed === null) {
    throw new StopRun(`secret ${id} is no JSON object of texts; docs/deploy.md says which keys it has`);
  }
  return parsed;
}

/** The error of JSON.parse is not passed on: it quotes what it could not read. */
function parsedObject(text: string): Readonly<Record<string, string>> | null {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value !== "object" || value === null || Array.isArray(value)) return null;
    const entries = Object.entries(value);
    return entries.every(([, entry]) => typeof entry === "string") ? Object.fromEntries(entries) : null;
  } catch {
    return null;
  }
}

function refuse(what: string, cause: unknown): never {
  const name = cause instanceof Error ? cause.name : String(cause);
  throw new StopRun(
    `${what} cannot be read (${name}); create it, or let the function's role read it, see docs/deploy.md`,
    { cause },
  );
}
