/** `leadloop check`: every mistake of mappings/ and config/ at once; with `--live` also what both systems' schemas say. */
import { type Loaded, loadConfig } from "../config/load-config.ts";
import { ConfigInvalid } from "../core/errors.ts";
import { fieldsToTrack } from "../jobs/find-overruns.ts";
import { checkLive, type LiveFinding } from "./check-live.ts";
import { type CommandContext, clockOf, logOf } from "./command-context.ts";
import { failureOf } from "./command-failure.ts";
import { EXIT, type ExitCode } from "./exit-code.ts";
import { COLORS, counted, wrapped } from "./terminal.ts";

export interface CheckOptions {
  readonly live?: boolean;
}

/** Needs no account without `--live`. Warnings alone end with 0. */
export async function checkCommand(context: CommandContext, options: CheckOptions): Promise<ExitCode> {
  const { terminal, settings } = context;
  const { mappingsFolder, configFolder } = settings;
  const loaded = readFolders(context);
  if (loaded === null) return EXIT.configuration;
  const { mappings, rulebook } = loaded;
  const fields = mappings.reduce((sum, mapping) => sum + mapping.fields.length, 0);
  const counts = `${counted(mappings.length, "mapping")} with ${counted(fields, "field")}, ${counted(rulebook.segments.length, "segment")}`;
  terminal.print(`${COLORS.green("No problems")} in ${mappingsFolder} and ${configFolder}: ${counts}.`);
  if (options.live === true) return compareWithSystems(context, loaded);
  terminal.printJson({ ok: true, issues: [] });
  return EXIT.done;
}

/** Null when the mistakes have been told. */
function readFolders({ terminal, settings }: CommandContext): Loaded | null {
  try {
    return loadConfig({ mappingsFolder: settings.mappingsFolder, configFolder: settings.configFolder });
  } catch (error) {
    if (!(error instanceof ConfigInvalid)) throw error;
    terminal.printJson({ ok: false, issues: error.issues });
    terminal.print(failureOf(error).text);
    return null;
  }
}

/** Opens no state, so that it also works while a run is under way. */
async function compareWithSystems(context: CommandContext, loaded: Loaded): Promise<ExitCode> {
  const { terminal, settings } = context;
  const { openClients } = await import("../app/wire-up.ts");
  const clients = openClients({ settings, clock: await clockOf(context), log: logOf(context) }, loaded);
  const findings = await checkLive(loaded, clients, settings.configFolder);
  const problems = findings.filter((finding) => finding.kind === "problem");
  const warnings = findings.filter((finding) => finding.kind === "warning");
  const trackHistory = fieldsToTrack(loaded.mappings);
  terminal.printJson({
    ok: problems.length === 0,
    issues: problems.map(issueOf),
    warnings: warnings.map(issueOf),
    trackHistory,
  });
  if (findings.length === 0)
    terminal.print(`${COLORS.green("No problems")} with the schemas of HubSpot and Salesforce.`);
  else {
    const lines = findings.map((finding) => `${marked(finding)}`);
    terminal.print(
      [
        ...lines,
        "",
        `${counted(problems.length, "problem")}, ${counted(warnings.length, "warning")}. Nothing was changed.`,
      ].join("\n"),
    );
  }
  const lines = Object.entries(trackHistory).map(([object, fields]) =>
    wrapped(`${object}: ${fields.join(", ")}`, 4, 2),
  );
  terminal.print(
    [
      wrapped("Field history worth tracking in Salesforce, so that an edit in the same second is never lost:"),
      ...lines,
    ].join("\n"),
  );
  return problems.length === 0 ? EXIT.done : EXIT.configuration;
}

function issueOf({ file, line, column, path, message }: LiveFinding): object {
  return { file, line, column, path, message };
}

function marked({ kind, file, line, column, path, message }: LiveFinding): string {
  const text = `${file}:${line}:${column}  ${path}: ${message}`;
  return kind === "problem" ? text : COLORS.yellow(`${text} (warning)`);
}
