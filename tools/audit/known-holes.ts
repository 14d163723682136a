/** Holds the lockfile against the table of known holes (known-holes.csv), which needs no registry: which locked version falls into the range of which hole, and which package nobody looked up. */
import { parse } from "csv-parse/sync";
import { satisfies } from "semver";

/** A row of the table. `unrated` is a hole to which nobody gave a severity. */
export interface KnownHole {
  readonly name: string;
  readonly severity: "low" | "moderate" | "high" | "critical" | "unrated";
  /** The affected versions, as semver writes a range. */
  readonly affected: string;
  /** Its identifiers, the best known first: of GitHub (GHSA), of CVE, of GitLab (GMS). */
  readonly ids: readonly string[];
}

/** The table. */
export interface KnownHoles {
  /** The day up to which it knows what was published, as 2026-10-07. */
  readonly upTo: string;
  readonly holes: readonly KnownHole[];
  /** The packages that were looked up, with holes or without; `@scope/*` for a whole scope. */
  readonly lookedUp: ReadonlySet<string>;
}

/** A package of the lockfile in one version; a package may be there in several. */
export interface Locked {
  readonly name: string;
  readonly version: string;
}

/** A locked version with the hole that it has. */
export interface Affected extends Locked {
  readonly hole: KnownHole;
}

/** Severities for which the audit fails. */
const GRAVE: readonly string[] = ["high", "critical", "unrated"] satisfies readonly KnownHole["severity"][];

/** Whether an audit fails for a hole of this severity. */
export function isGrave(severity: string): boolean {
  return GRAVE.includes(severity);
}

/** Reads the table. Throws where it has no line `# up to: DATE`. */
export function readKnownHoles(table: string): KnownHoles {
  const upTo = /^# up to: (\d{4}-\d\d-\d\d)$/m.exec(table)?.[1];
  if (upTo === undefined) throw new Error("the table of known holes does not say up to when: # up to: 2026-10-07");
  const rows: Record<"package" | "severity" | "affected" | "advisory", string>[] = parse(table, {
    columns: true,
    comment: "#",
  });
  return {
    upTo,
    holes: rows
      .filter(({ advisory }) => advisory !== "")
      .map(({ package: name, severity, affected, advisory }) => ({
        name,
        severity: severity as KnownHole["severity"],
        affected,
        ids: advisory.split(" "),
      })),
    lookedUp: new Set(rows.map((row) => row.package)),
  };
}

/** Every package of a lockfile (version 3), those for development too, each version once. */
export function lockedPackages(lockfile: {
  readonly packages: Readonly<Record<string, { readonly name?: string; readonly version?: string }>>;
}): readonly Locked[] {
  const locked = Object.entries(lockfile.packages).flatMap(([path, { name, version }]) =>
    path === "" || version === undefined
      ? []
      : [{ name: name ?? path.slice(path.lastIndexOf("node_modules/") + "node_modules/".length), version }],
  );
  return [...new Map(locked.map((one) => [`${one.name}@${one.version}`, one])).values()];
}

/** The locked versions that have a hole of the table, and the packages that nobody looked up. */
export function compare(
  locked: readonly Locked[],
  { holes, lookedUp }: KnownHoles,
): { readonly affected: readonly Affected[]; readonly notLookedUp: readonly string[] } {
  const holesOf = Map.groupBy(holes, ({ name }) => name);
  const affected = locked.flatMap(({ name, version }) =>
    (holesOf.get(name) ?? [])
      // A beta before the version that mends a hole has it too.
      .filter((hole) => satisfies(version, hole.affected, { includePrerelease: true }))
      .map((hole) => ({ name, version, hole })),
  );
  const notLookedUp = locked
    .map(({ name }) => name)
    .filter((name) => !lookedUp.has(name) && !lookedUp.has(`${name.split("/")[0]}/*`));
  return { affected, notLookedUp: [...new Set(notLookedUp)] };
}
