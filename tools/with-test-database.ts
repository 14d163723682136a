/** Runs a command with LEADLOOP_TEST_DATABASE set to a PostgreSQL database of its own, and drops that database afterwards. */
import { spawn } from "node:child_process";
import { constants } from "node:os";
import { freshDatabase, TEST_SERVER, whyNoPostgres } from "../test/support/postgres-database.ts";

const [program, ...given] = process.argv.slice(2);
if (program === undefined) {
  console.error("write the command to run: node tools/with-test-database.ts <command> [arguments]");
  process.exit(2);
}
const missing = await whyNoPostgres(TEST_SERVER);
if (missing !== null) {
  console.log(`${missing}: the tests on a real database were not run`);
  process.exit(0);
}

const database = await freshDatabase(TEST_SERVER);
// A terminal's Ctrl+C reaches the command too; this process stays to drop the database.
for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => child.kill(signal));
const child = spawn(program, given, {
  stdio: "inherit",
  env: { ...process.env, LEADLOOP_TEST_DATABASE: database.url },
});
process.exitCode = await new Promise<number>((resolve, reject) => {
  child.once("error", reject);
  child.once("exit", (code, signal) => resolve(code ?? 128 + constants.signals[signal ?? "SIGTERM"]));
}).finally(() => database.drop());
