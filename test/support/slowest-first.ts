/** The order of the test files: the slowest first, so that in the end no worker is left alone with a long one. */
import { BaseSequencer, type TestSpecification } from "vitest/node";

/**
 * Files of several seconds, the slowest first. Vitest itself would begin with the longest text, and a few lines that load 8,000 leads would come near the end.
 * Where the tests ran before it has measured them, and needs no list.
 */
const SLOW = [
  "scenarios/olist",
  "cli/commands",
  "scenarios/shipped-cadences",
  "scenarios/demo",
  "stories/stories",
  "cli/serve-backlog",
  "cli/serve-report",
  "cli/bad-connection",
  "laws/crash.laws",
  "contracts/state-store-pglite",
  "laws/sync.laws",
  "contracts/upgrade",
  "laws/reading.laws",
  "cli/bad-records",
  "scenarios/safety-limits",
  "scenarios/bulk-delivery",
  "cli/setup",
  "stories/reading-everything",
  "repository/audit",
  "repository/planted-import",
  "scenarios/shared-account",
  "scenarios/consent",
  "cli/until-stopped",
  "cli/bad-state",
  "cli/safety-stop",
  "laws/merge.laws",
  "laws/run.laws",
  "contracts/binary-array",
  "report/company-page",
  "report/report-page",
].map((name) => `/test/${name}.test.ts`);

export class SlowestFirst extends BaseSequencer {
  /** Keeps projects together: a worker goes on with the next file of its own project only. */
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    if (files.every((file) => this.ctx.cache.getTestSpecificationResult(file) !== undefined)) return sorted;
    const projects = Map.groupBy(sorted, (file) => file.project.name);
    return [...projects.values()].flatMap((group) => group.toSorted((one, other) => rank(one) - rank(other)));
  }
}

function rank({ moduleId }: TestSpecification): number {
  const place = SLOW.findIndex((end) => moduleId.endsWith(end));
  return place === -1 ? SLOW.length : place;
}
