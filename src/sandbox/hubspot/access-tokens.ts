/** Decides whose call this is: fixed tokens of private apps, and OAuth tokens that expire. */

import type { Random } from "../random.ts";
import type { SandboxClock } from "../sandbox-clock.ts";
import type { RouteAnswer } from "./hubspot-call.ts";
import { formatInstant } from "./hubspot-instants.ts";
import { HubSpotRefusal } from "./hubspot-refusals.ts";

/** OAuth access tokens last 30 minutes. https://developers.hubspot.com/docs/api-reference/auth-oauth-v1/guide */
const LIFETIME_SECONDS = 1_800;

export interface OAuthApp {
  readonly clientId: string;
  readonly clientSecret: string;
  readonly refreshToken: string;
}

export class AccessTokens {
  readonly #fixed: ReadonlySet<string>;
  readonly #app: OAuthApp | undefined;
  readonly #clock: SandboxClock;
  readonly #random: Random;
  readonly #expiry = new Map<string, number>();

  constructor(fixed: readonly string[], app: OAuthApp | undefined, clock: SandboxClock, random: Random) {
    this.#fixed = new Set(fixed);
    this.#app = app;
    this.#clock = clock;
    this.#random = random;
  }

  /** Says nothing when the header names a token in force; otherwise returns the 401 refusal. */
  refusal(authorization: string | undefined): HubSpotRefusal | undefined {
    const token = /^Bearer (\S+)$/i.exec(authorization ?? "")?.[1];
    if (token !== undefined && this.#fixed.has(token)) return undefined;
    const expiry = token === undefined ? undefined : this.#expiry.get(token);
    if (expiry === undefined) {
      const message =
        "Authentication credentials not found. This API supports OAuth 2.0 authentication and you can find more details at https://developers.hubspot.com/docs/methods/auth/oauth-overview";
      return new HubSpotRefusal(401, "INVALID_AUTHENTICATION", message);
    }
    if (expiry > this.#clock.now()) return undefined;
    const message = `The OAuth token used to make this call expired at ${formatInstant(expiry)}.`;
    return new HubSpotRefusal(401, "EXPIRED_AUTHENTICATION", message);
  }

  /** POST /oauth/v1/token with a refresh token. Throws a 400 refusal when app or token are not the ones set up. */
  refresh(form: Readonly<Record<string, string>>): RouteAnswer {
    const app = this.#app;
    const known = app !== undefined && form["client_id"] === app.clientId && form["client_secret"] === app.clientSecret;
    if (!known) throw new HubSpotRefusal(400, undefined, "missing or unknown client id", { error: "invalid_client" });
    if (form["grant_type"] !== "refresh_token" || form["refresh_token"] !== app.refreshToken) {
      throw new HubSpotRefusal(400, undefined, "missing or invalid refresh token", { error: "invalid_grant" });
    }
    const token = `oauth-${this.#random.integer(0, 2 ** 48).toString(36)}`;
    this.#expiry.set(token, this.#clock.now() + LIFETIME_SECONDS * 1_000);
    const body = {
      token_type: "bearer",
      access_token: token,
      refresh_token: app.refreshToken,
      expires_in: LIFETIME_SECONDS,
    };
    return { status: 200, body };
  }
}
