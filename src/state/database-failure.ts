/** Says in an admin's words why the database cannot serve, for every failure that an admin can mend. */
import { StopRun } from "../core/errors.ts";

/**
 * What to do, by error code: Node's own for the connection, SQLSTATE for the server's
 * (https://www.postgresql.org/docs/current/errcodes-appendix.html).
 */
const ADVICE: Readonly<Record<string, string>> = {
  ECONNREFUSED: "nothing listens there. Start the database, or correct host and port in DATABASE_URL.",
  ENOTFOUND: "there is no host of that name. Correct DATABASE_URL.",
  EAI_AGAIN: "the host's name cannot be looked up now. Check the network, or correct DATABASE_URL.",
  EHOSTUNREACH: "the host cannot be reached. Check the network and the firewall.",
  ENETUNREACH: "the network cannot be reached. Check the network and the firewall.",
  ETIMEDOUT: "it did not answer. Check the network, the firewall and that the database runs.",
  ECONNRESET: "it closed the connection. Check that it runs; the next run goes on where this one stopped.",
  EPIPE: "it closed the connection. Check that it runs; the next run goes on where this one stopped.",
  "28P01": "it refused the user or the password in DATABASE_URL.",
  "28000": "it does not let this user in from here. Check DATABASE_URL and the server's pg_hba.conf.",
  "3D000": "it has no database of that name. Create it, or correct DATABASE_URL.",
  "42501": "the user in DATABASE_URL lacks a permission. It must be able to create and to change tables in its schema.",
  "25006": "it only allows reading. Point DATABASE_URL at the primary server.",
  "53100": "its disk is full. Free some space.",
  "53200": "it ran out of memory.",
  "53300": "it has no connection left. Close some, or raise max_connections.",
  "57P01": "it is being shut down. The next run goes on where this one stopped.",
  "57P02": "it crashed. The next run goes on where this one stopped.",
  "57P03": "it is starting up. Try again in a moment.",
  "40001": "other work kept colliding with this one. The next run goes on where this one stopped.",
  "40P01": "other work kept colliding with this one. The next run goes on where this one stopped.",
  DEPTH_ZERO_SELF_SIGNED_CERT: "its certificate is self-signed. Add sslrootcert=<file> to DATABASE_URL.",
  SELF_SIGNED_CERT_IN_CHAIN: "its certificate comes from an unknown authority. Add sslrootcert=<file> to DATABASE_URL.",
  UNABLE_TO_VERIFY_LEAF_SIGNATURE:
    "its certificate comes from an unknown authority. Add sslrootcert=<file> to DATABASE_URL.",
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
    "its certificate comes from an unknown authority. Add sslrootcert=<file> to DATABASE_URL.",
  ERR_TLS_CERT_ALTNAME_INVALID: "its certificate belongs to another host name. Correct the host in DATABASE_URL.",
};

/** pg throws these without a code. */
const SPOKEN: readonly (readonly [RegExp, string])[] = [
  [/timeout/i, "it did not answer in time. Check the network, the firewall and that the database runs."],
  [
    /Connection terminated|Client has encountered a connection error|not queryable/i,
    "the connection broke. The next run goes on where this one stopped.",
  ],
  [/does not support SSL/i, "it does not speak TLS. Set sslmode=disable in DATABASE_URL if that is meant to be so."],
  [/password must be a string/i, "it asks for a password and DATABASE_URL has none."],
];

/** Thrown inside a transaction whose view turned out to be old. */
export class BeginAgain extends Error {
  override readonly name = "BeginAgain";
}

const COLLISION: ReadonlySet<string> = new Set(["40001", "40P01", "23505"]);

/** Two transactions got into each other's way: the same one, begun again, sees what the other stored. */
export function isCollision(error: unknown): boolean {
  return error instanceof BeginAgain || COLLISION.has(codeOf(error));
}

/** The StopRun for a failure that an admin can mend; null for any other, which is a bug. */
export function databaseFailure(error: unknown, place: string): StopRun | null {
  const advice = ADVICE[codeOf(error)] ?? spokenAdvice(error);
  return advice === undefined ? null : new StopRun(`${place} cannot be used: ${advice}`, { cause: error });
}

/** The StopRun for any failure to open a database. */
export function openingFailure(error: unknown, place: string): StopRun {
  if (error instanceof StopRun) return error;
  const known = databaseFailure(error, place);
  if (known !== null) return known;
  const said = error instanceof Error ? error.message : String(error);
  return new StopRun(`${place} cannot be opened: ${said}`, { cause: error });
}

function codeOf(error: unknown): string {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  return typeof code === "string" ? code : "";
}

function spokenAdvice(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  return SPOKEN.find(([pattern]) => pattern.test(error.message))?.[1];
}
