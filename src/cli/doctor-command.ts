/** `leadloop doctor`: whether everything that a run needs is there, one line each, with what to do where it is not. Changes nothing. */
import process from "node:process";
import { PRODUCT_VERSION } from "../app/product-version.ts";
import type { Loaded } from "../config/load-config.ts";
import { assertNever, StopRun } from "../core/errors.ts";
import { SYSTEMS, type System } from "../core/model/record.ts";
import { accessInWords, neededAccess } from "../core/setup/needed-access.ts";
import type { CrmClient } from "../jobs/ports.ts";
import type { StateStore } from "../jobs/state-port.ts";
import { checkLive } from "./check-live.ts";
import { type CommandContext, clockOf, logOf, withState } from "./command-context.ts";
import { failureOf } from "./command-failure.ts";
import { EXIT, type ExitCode } from "./exit-code.ts";
import { COLORS, counted, table, wrapped } from "./terminal.ts";

interface Finding {
  readonly about: string;
  readonly verdict: "good" | "look" | "bad";
  readonly text: string;
}

type Clients = Readonly<Record<System, CrmClient>>;

/** Systems stamp edits by their own clocks; from here on "who was later" is no longer believed. */
const MOST_SKEW_MS = 5 * 60_000;
/** Below this share of a day's calls a run may soon have to wait. */
const SCARCE_SHARE = 0.3;

/** 0 when all is well, 3 when something deserves a look, 1 when a run cannot work. */
export async function doctorCommand(context: CommandContext): Promise<ExitCode> {
  const { terminal, settings } = context;
  const { readConfig } = await import("../app/open-state.ts");
  const { openClients } = await import("../app/wire-up.ts");
  const loaded = readConfig(settings);
  const findings: Finding[] = [
    { about: "LeadLoop", verdict: "good", text: `${PRODUCT_VERSION}, on Node ${process.versions.node}` },
  ];
  findings.push(...(await lookAtState(context)));
  try {
    const clients = openClients({ settings, clock: await clockOf(context), log: logOf(context) }, loaded);
    for (const system of SYSTEMS) findings.push(...(await lookAtSystem(clients[system])));
    if (findings.every((finding) => finding.verdict !== "bad"))
      findings.push(...(await lookAtFields(loaded, clients, settings.configFolder)));
  } catch (error) {
    findings.push(badly("accounts", error));
  }
  const needed = accessInWords(neededAccess(loaded));
  terminal.printJson({ healthy: findings.every((finding) => finding.verdict === "good"), findings, needed });
  terminal.print(textOf(findings, needed));
  if (findings.some((finding) => finding.verdict === "bad")) return EXIT.stopped;
  return findings.some((finding) => finding.verdict === "look") ? EXIT.attention : EXIT.done;
}

/** A failure that a person can mend becomes a line; a bug is thrown on. */
function badly(about: string, error: unknown): Finding {
  if (!(error instanceof StopRun)) throw error;
  return { about, verdict: "bad", text: failureOf(error).text };
}

async function lookAtState(context: CommandContext): Promise<Finding[]> {
  const findings: Finding[] = [];
  try {
    const { stateEncryption } = await import("../app/open-state.ts");
    findings.push(...protectionFinding(await stateEncryption(context.settings)));
    const told = await withState(context, async ({ store }): Promise<Finding[]> => {
      const [last] = await store.runs(1);
      return [
        { about: "state", verdict: "good", text: await stateWords(store) },
        last === undefined
          ? { about: "last run", verdict: "good", text: "none yet; start with `leadloop plan`" }
          : {
              about: "last run",
              verdict: last.outcome === "done" || last.outcome === "paused" ? "good" : "look",
              text: `${last.job} at ${last.startedAt}: ${last.outcome ?? "did not end; the next run goes on from its last checkpoint"}`,
            },
      ];
    });
    return [...findings, ...told];
  } catch (error) {
    return [...findings, badly("state", error)];
  }
}

function protectionFinding(encryption: "here" | "checked" | "open" | null): Finding[] {
  const about = "way to the state";
  switch (encryption) {
    case null:
      return [];
    case "here":
      return [{ about, verdict: "good", text: "on this machine" }];
    case "checked":
      return [{ about, verdict: "good", text: "encrypted, with a certificate that is checked" }];
    case "open":
      return [
        {
          about,
          verdict: "look",
          text: "in the clear over a network: DATABASE_URL says sslmode=disable, so the password and people's values can be read on the way; sslmode=verify-full encrypts it",
        },
      ];
    default:
      return assertNever(encryption);
  }
}

async function stateWords(store: StateStore): Promise<string> {
  const counts = await store.counts();
  const waiting = await store.dirtyCount();
  return `${counted(counts["people"] ?? 0, "person", "people")}, ${waiting.toLocaleString("en")} waiting for a look`;
}

async function lookAtSystem(client: CrmClient): Promise<Finding[]> {
  const name = client.system === "hubspot" ? "HubSpot" : "Salesforce";
  const findings: Finding[] = [];
  try {
    findings.push({ about: `${name} login`, verdict: "good", text: `account ${await client.account()}` });
    const owners = await client.owners();
    findings.push({
      about: `${name} owners`,
      verdict: "good",
      text: `${counted(owners.filter((owner) => owner.active).length, "active owner")}`,
    });
    findings.push(quotaFinding(name, (await client.limits()).daily), clockFinding(name, client.clockAheadMs));
  } catch (error) {
    findings.push(badly(name, error));
  }
  return findings;
}

function quotaFinding(name: string, daily: { readonly limit: number; readonly remaining: number } | null): Finding {
  const about = `${name} calls left today`;
  if (daily === null) return { about, verdict: "look", text: "the system does not tell" };
  const text = `${daily.remaining.toLocaleString("en")} of ${daily.limit.toLocaleString("en")}`;
  return daily.remaining < daily.limit * SCARCE_SHARE
    ? { about, verdict: "look", text: `${text}; runs stop at the reserve of config/connector.yml and go on tomorrow` }
    : { about, verdict: "good", text };
}

function clockFinding(name: string, aheadMs: number | null): Finding {
  const about = `${name} clock`;
  if (aheadMs === null) return { about, verdict: "look", text: "its answers carry no date" };
  const seconds = Math.round(Math.abs(aheadMs) / 1_000);
  const text =
    seconds < 2 ? "agrees with ours" : `${counted(seconds, "second")} ${aheadMs > 0 ? "ahead of" : "behind"} ours`;
  return Math.abs(aheadMs) > MOST_SKEW_MS
    ? {
        about,
        verdict: "look",
        text: `${text}; set this machine's clock by NTP, or nobody can say which of two edits was later`,
      }
    : { about, verdict: "good", text };
}

async function lookAtFields(loaded: Loaded, clients: Clients, configFolder: string): Promise<Finding[]> {
  try {
    const findings = await checkLive(loaded, clients, configFolder);
    const problems = findings.filter((finding) => finding.kind === "problem").length;
    if (problems === 0) return [{ about: "fields", verdict: "good", text: "all there, readable and writable" }];
    return [
      {
        about: "fields",
        verdict: "look",
        text: `${counted(problems, "problem")}; \`leadloop check --live\` names them, \`leadloop setup\` makes what is missing`,
      },
    ];
  } catch (error) {
    return [badly("fields", error)];
  }
}

function textOf(findings: readonly Finding[], needed: Readonly<Record<System, readonly string[]>>): string {
  const marks = { good: COLORS.green("ok"), look: COLORS.yellow("look"), bad: COLORS.red("bad") };
  const rows = findings.map((finding) => [marks[finding.verdict], finding.about, finding.text]);
  return [
    table(rows, { indent: 2 }),
    "",
    wrapped(`HubSpot scopes needed by this configuration, and no more: ${needed.hubspot.join(", ")}.`, 2),
    wrapped(`Salesforce permissions needed by it, and no more: ${needed.salesforce.join("; ")}.`, 2),
  ].join("\n");
}
