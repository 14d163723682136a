/** Serves the token endpoint (client credentials and JWT bearer) and the identity of a token's user. */
import { createHash, createVerify } from "node:crypto";
import { json, type SandboxRequest, type SandboxResponse } from "../exchange.ts";
import type { StoredRecord } from "./field-definition.ts";
import { latestRecord, type OrgState, recordsWith, tableOf } from "./org-state.ts";
import type { SalesforceSessions } from "./salesforce-sessions.ts";

export interface OAuthOptions {
  /** `sandbox-client` by default. */
  readonly clientId?: string;
  /** `sandbox-secret` by default. */
  readonly clientSecret?: string;
  /** PEM public key that JWT assertions are checked with. Without one every assertion is refused. */
  readonly jwtPublicKey?: string;
}

const jwtGrant = "urn:ietf:params:oauth:grant-type:jwt-bearer";

/** POST /services/oauth2/token. Errors are 400 `{error, error_description}`. */
export function serveToken(
  state: OrgState,
  sessions: SalesforceSessions,
  request: SandboxRequest,
  options: OAuthOptions,
): SandboxResponse {
  if (request.method !== "POST") return refusal("invalid_request", "must use HTTP POST");
  const form = new URLSearchParams(request.body);
  const grant = form.get("grant_type");
  if (grant === "client_credentials") {
    if (form.get("client_id") !== (options.clientId ?? "sandbox-client")) {
      return refusal("invalid_client_id", "client identifier invalid");
    }
    if (form.get("client_secret") !== (options.clientSecret ?? "sandbox-secret")) {
      return refusal("invalid_client", "invalid client credentials");
    }
    return grantTo(state, sessions, request, state.integrationUserId);
  }
  if (grant === jwtGrant) return serveAssertion(state, sessions, request, form.get("assertion") ?? "", options);
  if (grant === null) return refusal("invalid_request", "missing required parameter: grant_type");
  return refusal("unsupported_grant_type", "grant type not supported");
}

function refusal(error: string, description: string): SandboxResponse {
  return json(400, { error, error_description: description });
}

interface Claims {
  readonly iss?: unknown;
  readonly sub?: unknown;
  readonly aud?: unknown;
  readonly exp?: unknown;
}

function serveAssertion(
  state: OrgState,
  sessions: SalesforceSessions,
  request: SandboxRequest,
  assertion: string,
  options: OAuthOptions,
): SandboxResponse {
  const [header = "", payload = "", signature = ""] = assertion.split(".");
  const claims = decoded(payload) as Claims | undefined;
  const algorithm = (decoded(header) as { alg?: unknown } | undefined)?.alg;
  if (claims === undefined || algorithm !== "RS256") return refusal("invalid_grant", "invalid assertion");
  if (claims.iss !== (options.clientId ?? "sandbox-client")) {
    return refusal("invalid_client_id", "client identifier invalid");
  }
  if (options.jwtPublicKey === undefined || !isSigned(`${header}.${payload}`, signature, options.jwtPublicKey)) {
    return refusal("invalid_grant", "invalid assertion");
  }
  const expiry = Number(claims.exp) * 1000;
  // An expiry more than three minutes ahead is refused.
  if (!(expiry > state.clock.now()) || expiry > state.clock.now() + 180_000 + 5_000) {
    return refusal("invalid_grant", "expired authorization code");
  }
  if (typeof claims.aud !== "string" || !claims.aud.startsWith("http")) {
    return refusal("invalid_grant", "audience is invalid");
  }
  const user = userNamed(state, String(claims.sub));
  if (user?.["IsActive"] !== true) return refusal("invalid_grant", "user hasn't approved this consumer");
  return grantTo(state, sessions, request, String(user["Id"]));
}

function decoded(part: string): unknown {
  try {
    return JSON.parse(Buffer.from(part, "base64url").toString("utf8"));
  } catch {
    return undefined; // not a JSON Web Token: the caller refuses it
  }
}

function isSigned(text: string, signature: string, publicKey: string): boolean {
  return createVerify("RSA-SHA256").update(text).verify(publicKey, Buffer.from(signature, "base64url"));
}

function userNamed(state: OrgState, username: string): StoredRecord | undefined {
  for (const user of tableOf(state, state.catalog.require("User")).allLatest()) {
    if (String(user["Username"]).toLowerCase() === username.toLowerCase()) return user;
  }
  return recordsWith(state, "User", "Email", username)[0];
}

/** The address the client reached us by: the token answer sends it back as the instance to use. */
function ownUrl(request: SandboxRequest): string {
  return `http://${request.headers["host"] ?? "127.0.0.1"}`;
}

function grantTo(
  state: OrgState,
  sessions: SalesforceSessions,
  request: SandboxRequest,
  userId: string,
): SandboxResponse {
  const url = ownUrl(request);
  const id = `${url}/id/${state.organizationId}/${userId}`;
  const issuedAt = String(state.clock.now());
  return json(200, {
    access_token: sessions.open(state.organizationId, userId, state.settings.sessionTtlMs),
    signature: createHash("sha256").update(`${id}${issuedAt}`).digest("base64"),
    scope: "api",
    instance_url: url,
    id,
    token_type: "Bearer",
    issued_at: issuedAt,
  });
}

/** GET /id/{organisation}/{user}: who the token belongs to. */
export function serveIdentity(state: OrgState, request: SandboxRequest, userId: string): SandboxResponse {
  const url = ownUrl(request);
  const user = latestRecord(state, "User", userId) ?? {};
  const rest = `${url}/services/data/v{version}`;
  return json(200, {
    id: `${url}/id/${state.organizationId}/${userId}`,
    asserted_user: true,
    user_id: userId,
    organization_id: state.organizationId,
    username: user["Username"],
    nick_name: user["Alias"],
    display_name: user["Name"],
    email: user["Email"],
    email_verified: true,
    first_name: user["FirstName"],
    last_name: user["LastName"],
    timezone: user["TimeZoneSidKey"],
    urls: {
      partner: `${url}/services/Soap/u/{version}/${state.organizationId.slice(0, 15)}`,
      rest: `${rest}/`,
      sobjects: `${rest}/sobjects/`,
      query: `${rest}/query/`,
      custom_domain: url,
    },
    active: user["IsActive"],
    user_type: "STANDARD",
    language: "en_US",
    locale: user["LocaleSidKey"],
    utcOffset: 0,
    last_modified_date: String(user["LastModifiedDate"]).replace(".000+0000", "Z"),
    is_app_installed: true,
  });
}

/** GET /services/oauth2/userinfo: the same in OpenID Connect's words. */
export function serveUserInfo(state: OrgState, request: SandboxRequest, userId: string): SandboxResponse {
  const user = latestRecord(state, "User", userId) ?? {};
  return json(200, {
    sub: `${ownUrl(request)}/id/${state.organizationId}/${userId}`,
    user_id: userId,
    organization_id: state.organizationId,
    preferred_username: user["Username"],
    name: user["Name"],
    email: user["Email"],
    email_verified: true,
    zoneinfo: user["TimeZoneSidKey"],
  });
}
