/**
 * `npm run audit`: fails for a known hole of severity high or worse in a package of the lockfile. It asks the registry, and holds the lockfile against the table of
 * tools/audit/known-holes.csv, which is there also where the registry has no list of holes (404, 405: told) or cannot be asked (code 3).
 * `--lockfile=FILE` holds another lockfile against the table; what else follows `--` goes to npm: `npm run audit -- --registry=…` asks another registry.
 */
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { type AcceptedHole, acceptanceOf } from "./audit/accepted-holes.ts";
import { compare, isGrave, type Locked, lockedPackages, readKnownHoles } from "./audit/known-holes.ts";
import { type NpmHole, openGrave, readNpmAudit } from "./audit/npm-audit.ts";

/** Another code than that of a hole: CI, which may reach no registry but for installing, tells it and goes on. */
const NOT_ASKED = 3;
const ASK_ELSEWHERE =
  "Before a release, ask from where it is answered, or another registry: npm run audit -- --registry=ADDRESS";
const DAY = 24 * 60 * 60 * 1000;
const house = resolve(import.meta.dirname, "..");

const given = process.argv.slice(2);
const lockfile = given.find((one) => one.startsWith("--lockfile="))?.slice("--lockfile=".length);
const locked = lockedPackages(JSON.parse(readFileSync(resolve(house, lockfile ?? "package-lock.json"), "utf8")));
const tableCode = holdAgainstTable(locked);
const registryCode = askRegistry(
  locked,
  given.filter((one) => !one.startsWith("--lockfile=")),
);
process.exitCode = tableCode === 0 ? registryCode : tableCode;

/** Holds the locked versions against the table; 1 for a grave hole. */
function holdAgainstTable(packages: readonly Locked[]): number {
  const table = readKnownHoles(readFileSync(resolve(house, "tools/audit/known-holes.csv"), "utf8"));
  const { affected, notLookedUp } = compare(packages, table);
  let open = 0;
  for (const { name, version, hole } of affected) {
    const accepted = acceptanceOf(hole.ids, name, packages);
    if (isGrave(hole.severity) && accepted === undefined) open++;
    const said = `${name} ${version}: ${hole.severity}: ${hole.ids.join(", ")} (${hole.affected})`;
    console.error(accepted === undefined ? said : `${said}${acceptedBecause(accepted)}`);
  }
  const days = Math.floor((Date.now() - Date.parse(table.upTo)) / DAY);
  console.log(
    `${packages.length} locked versions held against ${table.holes.length} known holes, published up to ${table.upTo} (${days} days ago): ${counted(open)}`,
  );
  if (notLookedUp.length > 0) console.log(`NOT IN THE TABLE, nobody looked them up: ${notLookedUp.join(", ")}`);
  return open === 0 ? 0 : 1;
}

/** Asks the registry about every package; 1 for a grave hole, 3 where it cannot be asked. */
function askRegistry(packages: readonly Locked[], options: readonly string[]): number {
  // A machine set to offline, or to leave out development packages, would be told that all is well without anybody having been asked.
  const asked = ["audit", "--json", "--audit-level=high", "--no-offline", "--include=dev", ...options];
  const ended = spawnSync("npm", asked, { cwd: house, encoding: "utf8", maxBuffer: 2 ** 28 });
  const { vulnerabilities, metadata, statusCode, message, error } = readNpmAudit(ended.stdout ?? "");
  if (vulnerabilities !== undefined && metadata !== undefined) {
    const acceptance = (hole: NpmHole): AcceptedHole | undefined =>
      acceptanceOf([hole.url.slice(hole.url.lastIndexOf("/") + 1)], hole.name, packages);
    const grave = openGrave(vulnerabilities, (hole) => acceptance(hole) !== undefined);
    for (const { name, severity, via } of grave) {
      console.error(`${name}: ${severity}`);
      for (const cause of via) console.error(`  ${typeof cause === "string" ? `by ${cause}` : told(cause)}`);
    }
    console.log(`${metadata.dependencies.total} packages asked about: ${counted(grave.length)}`);
    return grave.length === 0 ? 0 : 1;
  }
  if (statusCode === 404 || statusCode === 405) {
    console.log(`NOT ASKED: this registry has no list of known holes (it answered ${statusCode}).\n${ASK_ELSEWHERE}`);
    return 0;
  }
  console.error(`npm audit did not answer: ${message ?? error?.summary ?? ended.error?.message ?? ended.stderr}`);
  return NOT_ASKED;
}

function counted(open: number): string {
  if (open === 0) return "none has one of severity high or worse that is not accepted";
  return `${open} ${open === 1 ? "has one" : "have one"} of severity high or worse`;
}

function told({ title, url, severity, range }: NpmHole): string {
  return `${severity}: ${title} (${range}), ${url}`;
}

function acceptedBecause({ why }: AcceptedHole): string {
  return `; accepted: ${why}`;
}
