/** Logs in to Salesforce and keeps the token: one login at a time, and one more when the token is refused. */
import { sign } from "node:crypto";
import type { Connection } from "jsforce/lib/connection.js";
import { RetryLater, StopRun } from "../../core/errors.ts";
import type { Clock, Log } from "../../jobs/ports.ts";
import type { Network } from "../network.ts";
import { retrying } from "../retrying.ts";
import { withTimeOut } from "../time-out.ts";
import { toEighteen } from "./eighteen-character-id.ts";
import { connectionTo, type Exchanged, exchange } from "./salesforce-exchange.ts";
import { salesforcePaths } from "./salesforce-paths.ts";
import { tokenAnswer, tokenRefusal } from "./salesforce-wire.ts";

/** The two ways in that need no person (https://help.salesforce.com, OAuth 2.0 client credentials flow and JWT bearer flow). */
export type SalesforceCredentials =
  | { readonly kind: "client-credentials"; readonly clientId: string; readonly clientSecret: string }
  /** `privateKey` in PEM; its certificate is uploaded to the app. */
  | { readonly kind: "jwt"; readonly clientId: string; readonly username: string; readonly privateKey: string };

/** A login that can be kept between runs. Contains a secret. */
export interface SalesforceToken {
  readonly loginUrl: string;
  readonly clientId: string;
  readonly accessToken: string;
  readonly instanceUrl: string;
  /** Ends in the organisation's id and the user's id. */
  readonly identityUrl: string;
}

/** Keeps one token per connection between processes: logins are limited to 3,600 an hour and cost a round trip. */
export interface TokenCache {
  load(): Promise<SalesforceToken | null>;
  save(token: SalesforceToken): Promise<void>;
}

interface SessionOptions {
  readonly loginUrl: string;
  readonly credentials: SalesforceCredentials;
  readonly version: string;
  readonly clock: Clock;
  readonly log: Log;
  readonly random: () => number;
  readonly requestTimeoutMs: number;
  readonly attempts: number;
  readonly tokenCache: TokenCache | undefined;
  readonly network: Network;
}

/** A login in use. */
export interface Session {
  readonly token: SalesforceToken;
  readonly connection: Connection;
}

/** The vendor's limit for `exp` of an assertion is 3 minutes ahead. */
const ASSERTION_SECONDS = 150;

const ADVICE: Readonly<Record<string, string>> = {
  invalid_client_id: "Check SALESFORCE_CLIENT_ID.",
  invalid_client: "Check SALESFORCE_CLIENT_ID and SALESFORCE_CLIENT_SECRET.",
  invalid_grant:
    "Check SALESFORCE_USERNAME and SALESFORCE_PRIVATE_KEY, pre-authorize the integration user for the app, and allow its flow (client credentials with a run-as user, or JWT bearer).",
  unsupported_grant_type: "Enable this flow in the External Client App.",
  inactive_user: "Activate the integration user.",
  inactive_org: "The org is closed or suspended.",
};

export class SalesforceSession {
  readonly #options: SessionOptions;
  readonly #successors = new WeakMap<Session, Promise<Session>>();
  #session: Promise<Session> | null = null;

  constructor(options: SessionOptions) {
    this.#options = options;
  }

  /** The present login; logs in first if there is none. Throws StopRun when the login is refused. */
  current(): Promise<Session> {
    this.#session ??= this.#forgetOnFailure(this.#resume());
    return this.#session;
  }

  /** The login that follows `refused`. All callers that were refused with it share one new login. */
  renewed(refused: Session): Promise<Session> {
    const known = this.#successors.get(refused);
    if (known !== undefined) return known;
    const successor = this.#forgetOnFailure(this.#logIn());
    this.#successors.set(refused, successor);
    successor.catch(() => this.#successors.delete(refused));
    this.#session = successor;
    return successor;
  }

  organizationId(): Promise<string> {
    return this.#identity(-2);
  }

  /** The integration user. */
  userId(): Promise<string> {
    return this.#identity(-1);
  }

  async #identity(part: number): Promise<string> {
    const { token } = await this.current();
    const id = new URL(token.identityUrl).pathname.split("/").at(part) ?? "";
    return toEighteen(id) ?? id;
  }

  #forgetOnFailure(session: Promise<Session>): Promise<Session> {
    session.catch(() => {
      if (this.#session === session) this.#session = null;
    });
    return session;
  }

  async #resume(): Promise<Session> {
    const { loginUrl, credentials, tokenCache } = this.#options;
    const kept = (await tokenCache?.load()) ?? null;
    if (kept !== null && kept.loginUrl === loginUrl && kept.clientId === credentials.clientId) return this.#use(kept);
    return this.#logIn();
  }

  async #logIn(): Promise<Session> {
    const { loginUrl, credentials, tokenCache, ...rest } = this.#options;
    const host = hostOf(loginUrl);
    let answer: Exchanged;
    try {
      answer = await retrying(() => this.#ask(), { ...rest, system: "salesforce" });
    } catch (error) {
      if (!(error instanceof RetryLater)) throw error;
      throw new StopRun(
        `Salesforce cannot be reached at ${host}. Check SALESFORCE_LOGIN_URL and the network: ${error.message}`,
        {
          cause: error,
        },
      );
    }
    const token = tokenAnswer.safeParse(answer.ok ? answer.body : null);
    if (!token.success) throw refused(answer, host);
    const kept: SalesforceToken = {
      loginUrl,
      clientId: credentials.clientId,
      accessToken: token.data.access_token,
      instanceUrl: trusted(token.data.instance_url, loginUrl),
      identityUrl: token.data.id,
    };
    await tokenCache?.save(kept);
    return this.#use(kept);
  }

  #use(token: SalesforceToken): Session {
    return { token, connection: connectionTo(token.instanceUrl, this.#options.version, token.accessToken) };
  }

  async #ask(): Promise<Exchanged> {
    const { loginUrl, version, requestTimeoutMs, network } = this.#options;
    const address = loginUrl.replace(/\/+$/, "");
    const what = "the login";
    const answer = await withTimeOut(
      (signal) =>
        exchange(
          connectionTo(address, version),
          {
            method: "POST",
            path: `${address}${salesforcePaths(version).token}`,
            headers: { "content-type": "application/x-www-form-urlencoded" },
            body: this.#grant().toString(),
            what,
            write: false,
          },
          { network, signal },
        ),
      { ms: requestTimeoutMs, what, write: false, network },
    );
    if (!answer.ok && answer.refusal.status >= 500)
      throw new RetryLater(`Salesforce could not do ${what} now (HTTP ${answer.refusal.status})`);
    return answer;
  }

  #grant(): URLSearchParams {
    const { credentials } = this.#options;
    switch (credentials.kind) {
      case "client-credentials":
        return new URLSearchParams({
          grant_type: "client_credentials",
          client_id: credentials.clientId,
          client_secret: credentials.clientSecret,
        });
      case "jwt":
        return new URLSearchParams({
          grant_type: "urn:ietf:params:oauth:grant-type:jwt-bearer",
          assertion: this.#assertion(credentials),
        });
    }
  }

  #assertion({ clientId, username, privateKey }: Extract<SalesforceCredentials, { kind: "jwt" }>): string {
    const expires = Math.floor(Date.parse(this.#options.clock.now()) / 1000) + ASSERTION_SECONDS;
    const claims = { iss: clientId, sub: username, aud: new URL(this.#options.loginUrl).origin, exp: expires };
    const unsigned = `${encoded({ alg: "RS256", typ: "JWT" })}.${encoded(claims)}`;
    try {
      return `${unsigned}.${sign("RSA-SHA256", Buffer.from(unsigned), privateKey).toString("base64url")}`;
    } catch (error) {
      throw new StopRun("SALESFORCE_PRIVATE_KEY is not an RSA private key in PEM form", { cause: error });
    }
  }
}

function encoded(part: object): string {
  return Buffer.from(JSON.stringify(part)).toString("base64url");
}

function hostOf(loginUrl: string): string {
  if (!URL.canParse(loginUrl))
    throw new StopRun("SALESFORCE_LOGIN_URL is not an address, as in https://example.my.salesforce.com");
  const { host } = new URL(loginUrl);
  if (host.includes(".lightning.")) {
    throw new StopRun(
      "SALESFORCE_LOGIN_URL is a Lightning page; give the My Domain address, as in https://example.my.salesforce.com",
    );
  }
  return host;
}

function refused(answer: Exchanged, host: string): StopRun {
  const parsed = tokenRefusal.safeParse(answer.ok ? null : textAsJson(answer.body));
  if (!parsed.success) {
    const status = answer.ok ? 200 : answer.refusal.status;
    return new StopRun(
      `The login at ${host} gave no token (HTTP ${status}). Set SALESFORCE_LOGIN_URL to the org's My Domain address.`,
    );
  }
  const { error, error_description: description } = parsed.data;
  const advice = ADVICE[error] ?? "Check the External Client App and the SALESFORCE_ settings.";
  return new StopRun(
    `Salesforce refused the login at ${host}: ${error}${description === undefined ? "" : ` (${description})`}. ${advice}`,
  );
}

function textAsJson(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return null;
  }
}

/** The token goes only to Salesforce's own hosts or to the host that gave it (a sandbox). */
function trusted(instanceUrl: string, loginUrl: string): string {
  const instance = URL.canParse(instanceUrl) ? new URL(instanceUrl) : null;
  const vendor =
    instance?.protocol === "https:" &&
    /\.(salesforce|force|salesforce-setup)\.com$|\.salesforce\.mil$/.test(instance.hostname);
  if (instance !== null && (vendor || instance.origin === new URL(loginUrl).origin)) return instance.origin;
  throw new StopRun(
    `The login names "${instanceUrl}" as the org's address, which is not one of Salesforce's; nothing was sent to it`,
  );
}
