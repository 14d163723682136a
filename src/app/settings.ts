/** Environment -> Settings. The only reader of process.env; secrets are held so that printing them shows nothing. */
import { existsSync, readFileSync } from "node:fs";
import { parse as parseEnvFile } from "dotenv";
import * as z from "zod";
import { StopRun } from "../core/errors.ts";

/** A secret that cannot be printed, logged or serialised by accident. */
export class Secret {
  readonly #value: string;

  constructor(value: string) {
    this.#value = value;
  }

  reveal(): string {
    return this.#value;
  }

  toString(): string {
    return "[secret]";
  }

  toJSON(): string {
    return "[secret]";
  }

  [Symbol.for("nodejs.util.inspect.custom")](): string {
    return "[secret]";
  }
}

export type SalesforceLogin =
  | { readonly kind: "client-credentials"; readonly clientId: string; readonly clientSecret: Secret }
  | { readonly kind: "jwt"; readonly clientId: string; readonly username: string; readonly privateKey: Secret };

export interface Settings {
  readonly salesforceLoginUrl: string | null;
  readonly salesforceLogin: SalesforceLogin | null;
  readonly hubspotAccessToken: Secret | null;
  readonly hubspotBaseUrl: string | undefined;
  readonly hubspotAppId: string | undefined;
  readonly databaseUrl: string | undefined;
  readonly stateFolder: string;
  readonly mappingsFolder: string;
  readonly configFolder: string;
  readonly connection: string;
  readonly logLevel: "debug" | "info" | "warn" | "error";
  /** Where notices go, by the name of the channel in config/notify.yml: webhook, mail server or topic. */
  readonly notifyAddresses: ReadonlyMap<string, Secret>;
  /** A clock file written by the demo, so that `--keep` can be played with in its own time; null for real time. */
  readonly sandboxClock: string | null;
}

const text = z.string().trim().min(1).optional();
const environmentShape = z.object({
  SALESFORCE_LOGIN_URL: text,
  SALESFORCE_CLIENT_ID: text,
  SALESFORCE_CLIENT_SECRET: text,
  SALESFORCE_USERNAME: text,
  SALESFORCE_PRIVATE_KEY: text,
  HUBSPOT_ACCESS_TOKEN: text,
  HUBSPOT_BASE_URL: text,
  HUBSPOT_APP_ID: text,
  DATABASE_URL: text,
  LEADLOOP_STATE: text,
  LEADLOOP_MAPPINGS: text,
  LEADLOOP_CONFIG: text,
  LEADLOOP_CONNECTION: text,
  LEADLOOP_LOG: z.enum(["debug", "info", "warn", "error"]).optional(),
  LEADLOOP_SANDBOX_CLOCK: text,
});

type Environment = z.infer<typeof environmentShape>;

/** Reads `.env` in the working folder (what the environment says already wins), then the environment. Blank values count as unset. */
export function readSettings(environment: NodeJS.ProcessEnv = process.env, envFile = ".env"): Settings {
  const fromFile = existsSync(envFile) ? parseEnvFile(readFileSync(envFile, "utf8")) : {};
  const merged = Object.fromEntries(
    Object.entries({ ...fromFile, ...environment }).filter(([, value]) => value?.trim() !== ""),
  );
  const parsed = environmentShape.safeParse(merged);
  if (!parsed.success) {
    const names = parsed.error.issues.map((issue) => String(issue.path[0])).join(", ");
    throw new StopRun(`${names} in the environment cannot be used; LEADLOOP_LOG takes debug, info, warn or error`);
  }
  const env = parsed.data;
  return {
    salesforceLoginUrl: env.SALESFORCE_LOGIN_URL ?? null,
    salesforceLogin: salesforceLogin(env),
    hubspotAccessToken: env.HUBSPOT_ACCESS_TOKEN === undefined ? null : new Secret(env.HUBSPOT_ACCESS_TOKEN),
    hubspotBaseUrl: env.HUBSPOT_BASE_URL,
    hubspotAppId: env.HUBSPOT_APP_ID,
    databaseUrl: env.DATABASE_URL,
    stateFolder: env.LEADLOOP_STATE ?? ".leadloop",
    mappingsFolder: env.LEADLOOP_MAPPINGS ?? "mappings",
    configFolder: env.LEADLOOP_CONFIG ?? "config",
    connection: env.LEADLOOP_CONNECTION ?? "default",
    logLevel: env.LEADLOOP_LOG ?? "warn",
    notifyAddresses: notifyAddresses(merged),
    sandboxClock: env.LEADLOOP_SANDBOX_CLOCK ?? null,
  };
}

const NOTIFY_ADDRESS = /^LEADLOOP_NOTIFY_([A-Z0-9]+(?:_[A-Z0-9]+)*)$/;

/** `LEADLOOP_NOTIFY_SALES_ROOM` is the address of the channel `sales-room`. */
function notifyAddresses(environment: NodeJS.ProcessEnv): ReadonlyMap<string, Secret> {
  return new Map(
    Object.entries(environment).flatMap(([variable, value]): [string, Secret][] => {
      const name = NOTIFY_ADDRESS.exec(variable)?.[1]?.toLowerCase().replaceAll("_", "-");
      return name === undefined || value === undefined ? [] : [[name, new Secret(value.trim())]];
    }),
  );
}

function salesforceLogin(env: Environment): SalesforceLogin | null {
  const {
    SALESFORCE_CLIENT_ID: clientId,
    SALESFORCE_CLIENT_SECRET: secret,
    SALESFORCE_USERNAME: username,
    SALESFORCE_PRIVATE_KEY: key,
  } = env;
  if (clientId !== undefined && secret !== undefined)
    return { kind: "client-credentials", clientId, clientSecret: new Secret(secret) };
  if (clientId !== undefined && username !== undefined && key !== undefined) {
    // A key in one line of an environment file carries its line ends as "\n".
    return { kind: "jwt", clientId, username, privateKey: new Secret(key.replaceAll("\\n", "\n")) };
  }
  return null;
}

/** What must be set before either system can be reached; throws StopRun that names every missing variable. */
export function assertConnected(settings: Settings): {
  readonly loginUrl: string;
  readonly login: SalesforceLogin;
  readonly accessToken: Secret;
} {
  const { salesforceLoginUrl: loginUrl, salesforceLogin: login, hubspotAccessToken: accessToken } = settings;
  const missing = [
    ...(loginUrl === null ? ["SALESFORCE_LOGIN_URL (the org's My Domain address)"] : []),
    ...(login === null
      ? [
          "SALESFORCE_CLIENT_ID with SALESFORCE_CLIENT_SECRET, or SALESFORCE_CLIENT_ID with SALESFORCE_USERNAME and SALESFORCE_PRIVATE_KEY",
        ]
      : []),
    ...(accessToken === null ? ["HUBSPOT_ACCESS_TOKEN (a private app token or service key)"] : []),
  ];
  if (loginUrl === null || login === null || accessToken === null) {
    throw new StopRun(
      `not connected yet; set ${missing.join("; ")} in the environment or in .env, or try \`npm run demo\`, which needs no account`,
    );
  }
  return { loginUrl, login, accessToken };
}
