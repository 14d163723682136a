/** What both clients promise, whatever the system: one suite, run against each over HTTP. */
import { afterEach, beforeEach, describe } from "vitest";
import { accountContract } from "./account.contract.ts";
import { ContractBench, type Harness, type Skips } from "./contract-harness.ts";
import { readingContract } from "./reading.contract.ts";
import { troubleContract } from "./trouble.contract.ts";
import { writingContract } from "./writing.contract.ts";

export interface ContractOptions {
  readonly name: string;
  /** A fresh, empty system for each test. */
  readonly setUp: () => Promise<Harness>;
  /** Tests that cannot hold for this system, by title, each with the reason. */
  readonly skip: Skips;
}

/** Declares the suite. Call it from a test file of the system. */
export function runCrmClientContract({ name, setUp, skip }: ContractOptions): void {
  describe(`${name} as a CRM client`, () => {
    const bench = new ContractBench(skip);
    beforeEach(async () => bench.begin(await setUp()));
    afterEach(async () => bench.harness.close());

    accountContract(bench);
    readingContract(bench);
    writingContract(bench);
    troubleContract(bench);
  });
}
