/** Decides whether a database may be reached as its address says: over a network only with TLS whose certificate is checked, unless somebody wrote that it shall be without. */
import { StopRun } from "../core/errors.ts";

/** `here`: on this machine. `checked`: TLS, and the server has to prove who it is. `open`: over a network in the clear, because the address says so. */
export type Encryption = "here" | "checked" | "open";

/** pg takes `require` and `prefer` for `verify-full` today and will not in its next version, so neither says what is meant (https://node-postgres.com/features/ssl). */
const CHECKED: ReadonlySet<string> = new Set(["verify-full", "verify-ca"]);

/** Throws StopRun, with what to write, where the password and people's values would travel unprotected and nobody said that they shall. `place` names the database. */
export function encryptionOf(url: URL, place: string): Encryption {
  // The last one counts, as pg reads them.
  const mode = url.searchParams.getAll("sslmode").at(-1);
  if (mode !== undefined && CHECKED.has(mode)) return "checked";
  if (isHere(decodeURIComponent(url.searchParams.getAll("host").at(-1) ?? url.hostname))) return "here";
  if (mode === "disable") return "open";
  const said = mode === undefined ? "no sslmode" : `sslmode=${mode}, which does not make sure of the server`;
  throw new StopRun(
    `${place} is not on this machine, and DATABASE_URL has ${said}. Write sslmode=verify-full at its end, with sslrootcert=<file> where the certificate's authority is your own or RDS's. ` +
      "sslmode=disable, written out, sends the password and people's values in the clear: only where the network itself is trusted.",
  );
}

/** A socket in a folder, or an address that never leaves the machine. An address without a host may be anywhere: pg then asks PGHOST. */
function isHere(host: string): boolean {
  return host.startsWith("/") || /^(localhost|127(\.\d{1,3}){3}|\[?::1\]?)$/i.test(host);
}
