/** Hands out access tokens and says whose they are, until they end. */
import type { Random } from "../random.ts";
import type { SandboxClock } from "../sandbox-clock.ts";

interface Session {
  readonly userId: string;
  readonly endsAt: number;
}

const characters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._";

/** Sessions of one org. Tokens look like the vendor's: the 15-character organisation id, "!", then noise. */
export class SalesforceSessions {
  readonly #clock: SandboxClock;
  readonly #random: Random;
  readonly #sessions = new Map<string, Session>();

  constructor(clock: SandboxClock, random: Random) {
    this.#clock = clock;
    this.#random = random;
  }

  open(organizationId: string, userId: string, ttlMs: number): string {
    const noise = Array.from({ length: 60 }, () => characters[this.#random.integer(0, characters.length - 1)]).join("");
    const token = `${organizationId.slice(0, 15)}!AQ${noise}`;
    this.#sessions.set(token, { userId, endsAt: this.#clock.now() + ttlMs });
    return token;
  }

  /** The user a token belongs to; undefined when it is unknown or has ended. */
  userOf(token: string): string | undefined {
    const session = this.#sessions.get(token);
    if (session === undefined) return undefined;
    if (session.endsAt > this.#clock.now()) return session.userId;
    this.#sessions.delete(token);
    return undefined;
  }

  endAll(): void {
    this.#sessions.clear();
  }
}
