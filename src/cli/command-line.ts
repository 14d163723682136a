/** The commands of `leadloop` with their options; each one's work is in a file of its own, loaded when it is called. */
import { Command, CommanderError, InvalidArgumentError, Option } from "commander";
import { PRODUCT_VERSION } from "../app/product-version.ts";
import { type CommandContext, type GlobalOptions, openContext } from "./command-context.ts";
import { failureOf, stackOf } from "./command-failure.ts";
import { EXIT, type ExitCode } from "./exit-code.ts";
import { addReports } from "./report-commands.ts";
import { PROCESS_SURROUNDINGS, type Surroundings } from "./surroundings.ts";
import { openTerminal, type Terminal } from "./terminal.ts";

/** Runs the command that the words ask for and gives its exit code. Throws nothing: every failure is told on stderr. */
export async function runCommandLine(
  words: readonly string[],
  surroundings: Surroundings = PROCESS_SURROUNDINGS,
): Promise<number> {
  const ending: Ending = { exit: EXIT.done, surroundings };
  const program = buildProgram(ending);
  try {
    await program.parseAsync(words, { from: "user" });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    // Commander has said it on stderr already; help and version are no failure.
    if (error.exitCode === 0) return EXIT.done;
    openTerminal(words.includes("--json"), surroundings).printJson({
      outcome: "configuration-wrong",
      error: error.message.replace(/^error: /, ""),
    });
    return EXIT.configuration;
  }
  return ending.exit;
}

/** What the command that runs comes to, and where it says so. */
interface Ending {
  exit: number;
  readonly surroundings: Surroundings;
}

type Work<Options> = (
  context: CommandContext,
  options: Options,
  words: readonly string[],
) => Promise<ExitCode | number>;

/** An action for commander: opens the context, runs the work, and tells what failed. */
function action<Options>(ending: Ending, work: Work<Options>): (...given: unknown[]) => Promise<void> {
  return async (...given) => {
    const command = given.at(-1) as Command;
    const options = command.optsWithGlobals<Options & GlobalOptions>();
    let terminal = openTerminal(options.json === true, ending.surroundings);
    try {
      const context = openContext(options, ending.surroundings);
      terminal = context.terminal;
      ending.exit = await work(context, options, command.args);
    } catch (error) {
      ending.exit = tellFailure(error, terminal, options.debug === true);
    }
  };
}

function tellFailure(error: unknown, terminal: Terminal, debug: boolean): ExitCode {
  const { exit, text, json } = failureOf(error);
  terminal.printJson(json);
  terminal.note(text);
  if (debug) terminal.note(stackOf(error));
  return exit;
}

function buildProgram(ending: Ending): Command {
  const program = new Command("leadloop");
  const { stdout, stderr } = ending.surroundings;
  program
    .description(
      "Keeps HubSpot and Salesforce in agreement about people, qualifies leads in between, and reports what became of each.",
    )
    .version(PRODUCT_VERSION)
    .option("--json", "print one JSON document on stdout and nothing else there")
    .option("--debug", "log everything, and show stack traces")
    .option("--config <folder>", "folder of the rules, instead of LEADLOOP_CONFIG or config")
    .option("--mappings <folder>", "folder of the mappings, instead of LEADLOOP_MAPPINGS or mappings")
    .option("--state <folder>", "folder of the embedded database, instead of LEADLOOP_STATE or .leadloop")
    .addHelpText(
      "after",
      "\nExit codes: 0 done, 1 stopped, 2 configuration or usage wrong, 3 done, but a person must look.",
    )
    .showHelpAfterError("(leadloop help lists the commands)")
    .exitOverride()
    .configureOutput({ writeOut: (text) => stdout.write(text), writeErr: (text) => stderr.write(text) });
  addTrying(program, ending);
  addSetup(program, ending);
  addRuns(program, ending);
  addReports(program, (work) => action(ending, work), wholeNumber);
  addLooking(program, ending);
  addSettling(program, ending);
  for (const command of program.commands) command.copyInheritedSettings(program);
  return program;
}

function addTrying(program: Command, ending: Ending): void {
  program
    .command("demo")
    .description("play 90 days of marketing and selling against the sandbox, and end with the report")
    .option("--seed <number>", "the same seed gives the same report", wholeNumber, 1)
    .option("--days <number>", "simulated days", wholeNumber, 90)
    .option("--people <number>", "people in the simulated company", wholeNumber)
    .option("--keep", "leave the sandbox and the state running to play with", false)
    .option("--out <folder>", "folder of the report", "demo-output")
    .action(
      action<{ seed: number; days: number; people?: number; keep: boolean; out: string }>(
        ending,
        async (context, options) => {
          const { demoCommand } = await import("./demo-command.ts");
          const { seed, days, keep, out, people } = options;
          return demoCommand({
            seed,
            days,
            keep,
            out,
            json: context.terminal.json,
            surroundings: context.surroundings,
            ...(people === undefined ? {} : { people }),
          });
        },
      ),
    );
  program
    .command("sandbox")
    .description("run stand-ins of both systems until stopped")
    .option("--hubspot-port <port>", "0 takes any free one", wholeNumber, 7801)
    .option("--salesforce-port <port>", "0 takes any free one", wholeNumber, 7802)
    .option("--seed <text>", "decides every id", "1")
    .option("--load <folder>", "load CSV files, as load.yml in the folder describes them")
    .option("--description <file>", "another file instead of load.yml")
    .option("--people <number>", "move a simulated company in", wholeNumber)
    .action(
      action(ending, async (context, options: SandboxOptions) =>
        (await import("./sandbox-command.ts")).sandboxCommand(context, options),
      ),
    );
  program
    .command("check")
    .description("tell every mistake in mappings and config at once; needs no account")
    .option("--live", "compare with the schemas of both systems too")
    .action(
      action(ending, async (context, options: { live?: boolean }) =>
        (await import("./check-command.ts")).checkCommand(context, options),
      ),
    );
}

function addSetup(program: Command, ending: Ending): void {
  program
    .command("setup")
    .description("show which fields both systems lack, and make them with --yes")
    .option("--yes", "make what was shown")
    .action(
      action(ending, async (context, options: { yes?: boolean }) =>
        (await import("./setup-command.ts")).setupCommand(context, options),
      ),
    );
  program
    .command("doctor")
    .description("login, permissions, limits left, clocks, versions and state of both systems and the database")
    .action(action(ending, async (context) => (await import("./doctor-command.ts")).doctorCommand(context)));
}

type SandboxOptions = Parameters<typeof import("./sandbox-command.ts").sandboxCommand>[1];
type ServeOptions = Parameters<typeof import("./serve-command.ts").serveCommand>[1];

function addRuns(program: Command, ending: Ending): void {
  program
    .command("plan")
    .description("show what the next sync would write, each line with its rule, and change nothing")
    .option("--out <file>", "keep the plan in a file, for `sync --plan`: ids and names of fields, no values")
    .option("--values", "with --out: keep people's names and values in the file too")
    .option("--full", "read everything, not only what changed")
    .action(
      action(ending, async (context, options: { out?: string; values?: boolean; full?: boolean }) =>
        (await import("./plan-command.ts")).planCommand(context, options),
      ),
    );
  program
    .command("sync")
    .description("run the sync once")
    .option("--plan <file>", "only if it does exactly what this plan says; then also past the safety stop")
    .option("--approve <plan>", "let the plan of this name through once, as a safety stop has named it")
    .option("--full", "read everything, not only what changed")
    .action(
      action(ending, async (context, options: { plan?: string; full?: boolean; approve?: string }) =>
        (await import("./sync-command.ts")).syncCommand(context, options),
      ),
    );
  program
    .command("follow-up")
    .description("run the time-driven pass: fading scores, late handoffs")
    .action(action(ending, async (context) => (await import("./follow-up-command.ts")).followUpCommand(context)));
  program
    .command("serve")
    .description("run sync, follow-up and report on their schedules until stopped")
    .option("--sync <schedule>", "cron notation", "*/5 * * * *")
    .option("--follow-up <schedule>", "cron notation", "*/15 * * * *")
    .option("--report <schedule>", "the last week's report, cron notation", "0 7 * * 1")
    .option("--monthly-report <schedule>", "the last month's report, cron notation", "0 7 1 * *")
    .option("--out <folder>", "folder of the report", "report-output")
    .action(
      action(ending, async (context, options: ServeOptions) =>
        (await import("./serve-command.ts")).serveCommand(context, options),
      ),
    );
}

function addLooking(program: Command, ending: Ending): void {
  program
    .command("explain")
    .argument("<person>", "e-mail, HubSpot or Salesforce id, key, or part of a name")
    .description("everything about one person: links, values and who wrote them, stages, score, tasks")
    .action(
      action(ending, async (context, _options, [person = ""]) =>
        (await import("./explain-command.ts")).explainCommand(context, person),
      ),
    );
  program
    .command("status")
    .description("last runs, how far both systems were read, and what waits")
    .action(action(ending, async (context) => (await import("./status-command.ts")).statusCommand(context)));
  program
    .command("conflicts")
    .description("fields that both sides changed differently")
    .option("--open", "only those that wait for a person")
    .addOption(limitOption())
    .action(
      action(ending, async (context, options: { open?: boolean; limit: number }) =>
        (await import("./conflicts-command.ts")).conflictsCommand(context, options),
      ),
    );
  const rejects = program
    .command("rejects")
    .description("writes that a system refused, and values that could not be converted")
    .addOption(limitOption())
    .action(
      action(ending, async (context, options: { limit: number }) =>
        (await import("./rejects-command.ts")).rejectsCommand(context, options),
      ),
    );
  rejects
    .command("retry")
    .argument("[ids...]", "ids of rejects")
    .option("--all", "all of them")
    .description("have rejects tried again by the next sync")
    .copyInheritedSettings(program)
    .action(
      action(ending, async (context, options: { all?: boolean }, ids) =>
        (await import("./rejects-command.ts")).retryRejectsCommand(context, ids, options.all === true),
      ),
    );
}

function addSettling(program: Command, ending: Ending): void {
  program
    .command("undo")
    .argument("<run>", "id of a run, as `status` shows it")
    .option("--yes", "do it; without, only show what would be written")
    .description("take back what a run wrote, where nobody has changed it since")
    .action(
      action(ending, async (context, options: { yes?: boolean }, [run = ""]) =>
        (await import("./undo-command.ts")).undoCommand(context, run, options),
      ),
    );
  program
    .command("erase")
    .argument("<person>", "e-mail, HubSpot or Salesforce id, or key")
    .option("--yes", "do it; without, only say what it would do")
    .description("forget a person on request (GDPR); a hash of the address stays, so that nobody creates them again")
    .action(
      action(ending, async (context, options: { yes?: boolean }, [person = ""]) =>
        (await import("./erase-command.ts")).eraseCommand(context, person, options),
      ),
    );
  program
    .command("release")
    .argument("[person]", "e-mail, HubSpot or Salesforce id, or key")
    .option("--field <name>", "this field alone")
    .option("--all", "everybody")
    .description("let go of fields that are held until a person says so, after a circle of writes or an undo")
    .action(
      action(ending, async (context, options: { field?: string; all?: boolean }, [person = ""]) =>
        (await import("./release-command.ts")).releaseCommand(context, person, options),
      ),
    );
}

function limitOption(): Option {
  return new Option("--limit <number>", "most rows shown").argParser(wholeNumber).default(100);
}

function wholeNumber(text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new InvalidArgumentError("It takes a whole number.");
  return Number(text);
}
