/**
 * `npm run audit`: fails for a known hole of severity high or worse in a package of the lockfile. Where the registry has no list of holes (404, 405) it says that nothing was checked
 * and does not fail; a registry that cannot be asked does, with code 3. What follows `--` goes to npm: `npm run audit -- --registry=…` asks another one.
 */
import { spawnSync } from "node:child_process";
import { resolve } from "node:path";

/** What `npm audit --json` prints: its report, or what kept it from one. */
interface Answer {
  readonly vulnerabilities?: Readonly<Record<string, Vulnerable>>;
  readonly metadata?: { readonly dependencies: { readonly total: number } };
  readonly statusCode?: number;
  readonly message?: string;
  readonly error?: { readonly summary?: string };
}

interface Vulnerable {
  readonly name: string;
  readonly severity: string;
  /** The holes themselves, or the names of the packages that bring them. */
  readonly via: readonly (string | Hole)[];
}

interface Hole {
  readonly title: string;
  readonly url: string;
  readonly severity: string;
  readonly range: string;
}

/** Another code than that of a hole: CI, which may reach no registry but for installing, tells it and goes on. */
const NOT_ASKED = 3;
const GRAVE = ["high", "critical"];
// A machine set to offline, or to leave out development packages, would be told that all is well without anybody having been asked.
const asked = ["audit", "--json", "--audit-level=high", "--no-offline", "--include=dev", ...process.argv.slice(2)];
const ended = spawnSync("npm", asked, {
  cwd: resolve(import.meta.dirname, ".."),
  encoding: "utf8",
  maxBuffer: 2 ** 28,
});
const { vulnerabilities, metadata, statusCode, message, error } = readAnswer(ended.stdout ?? "");

if (vulnerabilities !== undefined && metadata !== undefined) {
  const grave = Object.values(vulnerabilities).filter(({ severity }) => GRAVE.includes(severity));
  for (const { name, severity, via } of grave) {
    console.error(`${name}: ${severity}`);
    for (const cause of via) console.error(`  ${typeof cause === "string" ? `by ${cause}` : told(cause)}`);
  }
  const counted = grave.length === 0 ? "none has" : `${grave.length} have`;
  console.log(`${metadata.dependencies.total} packages asked about, ${counted} a known hole of severity high or worse`);
  process.exitCode = grave.length === 0 && ended.status === 0 ? 0 : 1;
} else if (statusCode === 404 || statusCode === 405) {
  console.log(`NOT CHECKED: this registry has no list of known holes (it answered ${statusCode}).`);
  console.log(
    "Before a release, ask from where it is answered, or another registry: npm run audit -- --registry=ADDRESS",
  );
} else {
  console.error(`npm audit did not answer: ${message ?? error?.summary ?? ended.error?.message ?? ended.stderr}`);
  process.exitCode = NOT_ASKED;
}

function told({ title, url, severity, range }: Hole): string {
  return `${severity}: ${title} (${range}), ${url}`;
}

function readAnswer(text: string): Answer {
  try {
    return JSON.parse(text);
  } catch {
    return {};
  }
}
