/** The packaged template keeps the promises of docs/deploy.md, and each part that is taken out of it is missed. */
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { loadAwsServiceSpec } from "@aws-cdk/aws-service-spec";
import { describe, expect, test } from "vitest";
import { missingParts } from "../../tools/lambda/promised-parts.ts";
import { templateProblems } from "../../tools/lambda/template-problems.ts";

// biome-ignore lint/suspicious/noExplicitAny: a template is whatever CloudFormation takes.
type Template = any;

const specification = await loadAwsServiceSpec();
const text = readFileSync(
  resolve(import.meta.dirname, "../../.serverless/cloudformation-template-update-stack.json"),
  "utf8",
);
const problemsOf = (template: Template): readonly string[] => [
  ...templateProblems(template, specification),
  ...missingParts(template),
];

test("nothing is missing in the template that was packaged", () => {
  expect(problemsOf(JSON.parse(text))).toEqual([]);
});

const resources = (template: Template): Template => template.Resources;
const properties =
  (name: string) =>
  (template: Template): Template =>
    resources(template)[name].Properties;
const QUEUES = ["RunsQueue", "ChangesQueue", "SalesforceEventsQueue"];
const SOURCES = [
  "SyncEventSourceMappingSQSRunsQueue",
  "ChangesEventSourceMappingSQSChangesQueue",
  "SalesforceDasheventsEventSourceMappingSQSSalesforceEventsQueue",
];
const ALARMS: readonly (readonly [string, RegExp])[] = [
  ["FunctionFails", /no alarm tells of invocations that fail/],
  ["RunsStop", /no alarm tells of runs that cannot work/],
  ["NoSuccess", /no alarm tells of no run that went well/],
  ["QuotaReserve", /no alarm tells of a quota that is down to its reserve/],
  ["RunsWait", /RunsQueue: no alarm tells when messages wait there/],
  ["ChangesWait", /ChangesQueue: no alarm tells when messages wait there/],
  ["DeadLetters", /DeadRuns: no alarm tells of dead letters there/],
];
const FUNCTIONS = Object.keys(JSON.parse(text).Resources).filter((name) => name.endsWith("LambdaFunction"));
const statementOf =
  (role: string) =>
  (template: Template): Template =>
    properties(role)(template).Policies[0].PolicyDocument.Statement.at(-1);

type Removal = readonly [what: string, remove: (template: Template) => void, problem: RegExp];
const removals: readonly Removal[] = [
  ...["Sync", "Changes"].map(
    (name): Removal => [
      `the reserved concurrency of ${name}`,
      (template) => delete properties(`${name}LambdaFunction`)(template).ReservedConcurrentExecutions,
      new RegExp(`${name}LambdaFunction: no concurrency is reserved`),
    ],
  ),
  ...["RunsQueue", "ChangesQueue"].map(
    (name): Removal => [
      `the order within a connection of ${name}`,
      (template) => delete properties(name)(template).FifoQueue,
      new RegExp(`${name}: it is no FIFO queue`),
    ],
  ),
  ...QUEUES.map(
    (name): Removal => [
      `the redrive policy of ${name}`,
      (template) => delete properties(name)(template).RedrivePolicy,
      new RegExp(`${name}: what fails again and again is set aside nowhere`),
    ],
  ),
  ...["DeadRuns", "DeadChanges", "DeadSalesforceEvents"].map(
    (name): Removal => [
      `the dead letters ${name}`,
      (template) => delete resources(template)[name],
      new RegExp(`there is no ${name} to refer to`),
    ],
  ),
  ...["DeadRuns", "DeadChanges"].map(
    (name): Removal => [
      `the order of ${name}`,
      (template) => delete properties(name)(template).FifoQueue,
      new RegExp(`${name}: it must be a FIFO queue`),
    ],
  ),
  [
    "the second try of a run",
    (template) => Object.assign(properties("RunsQueue")(template).RedrivePolicy, { maxReceiveCount: 1 }),
    /RunsQueue: maxReceiveCount gives no second try/,
  ],
  [
    "the days to look at a dead letter",
    (template) => delete properties("DeadChanges")(template).MessageRetentionPeriod,
    /DeadChanges: it keeps messages no longer than ChangesQueue/,
  ],
  ...SOURCES.map(
    (name): Removal => [
      `the partial batch answers of ${name}`,
      (template) => delete properties(name)(template).FunctionResponseTypes,
      new RegExp(`${name}: one bad message gives back its whole batch`),
    ],
  ),
  ...ALARMS.map(
    ([name, problem]): Removal => [`the alarm ${name}`, (template) => delete resources(template)[name], problem],
  ),
  ...ALARMS.map(
    ([name]): Removal => [
      `whom the alarm ${name} tells`,
      (template) => delete properties(name)(template).AlarmActions,
      new RegExp(`${name}: the alarm tells nobody`),
    ],
  ),
  ...FUNCTIONS.map(
    (name): Removal => [
      `${name} from the alarm of failures`,
      (template) => {
        const alarm = properties("FunctionFails")(template);
        alarm.Metrics = alarm.Metrics.filter((metric: Template) => !JSON.stringify(metric).includes(`"${name}"`));
      },
      new RegExp(`${name}: no alarm tells when it fails`),
    ],
  ),
  ...FUNCTIONS.map(
    (name): Removal => [
      `the end of the log of ${name}`,
      (template) => delete properties(name.replace("LambdaFunction", "LogGroup"))(template).RetentionInDays,
      new RegExp(`${name}: its log is kept for ever`),
    ],
  ),
  ...FUNCTIONS.map(
    (name): Removal => [
      `the name of SSM and Secrets Manager, for a token in ${name}`,
      (template) => Object.assign(properties(name)(template).Environment.Variables, { HUBSPOT_ACCESS_TOKEN: "pat" }),
      new RegExp(`${name}: the variable HUBSPOT_ACCESS_TOKEN is none that may stand in a template`),
    ],
  ),
  [
    "a role of its own",
    (template) =>
      Object.assign(properties("ReportLambdaFunction")(template), {
        Role: properties("SyncLambdaFunction")(template).Role,
      }),
    /ReportLambdaFunction: its role is also that of SyncLambdaFunction/,
  ],
  [
    "the resource of a role",
    (template) => Object.assign(statementOf("SyncRole")(template), { Resource: "*" }),
    /SyncRole: .* on "\*" is for everything/,
  ],
  [
    "the actions of a role",
    (template) => Object.assign(statementOf("ReportRole")(template), { Action: "s3:*" }),
    /ReportRole: the action s3:\* is for everything/,
  ],
  ["the choice of a private network", (template) => delete template.Conditions.InVpc, /there is no condition InVpc/],
  [
    "the condition of the policy for a private network",
    (template) => Object.assign(properties("SyncRole")(template), { ManagedPolicyArns: ["arn:aws:iam::aws:policy/x"] }),
    /SyncRole: the policy for a private network must depend on InVpc/,
  ],
  [
    "the runtime",
    (template) => Object.assign(properties("SyncLambdaFunction")(template), { Runtime: "nodejs99.x" }),
    /is no runtime/,
  ],
];

describe("a template is refused without", () => {
  test.each(removals)("%s", (_what, remove, problem) => {
    const template = JSON.parse(text);
    remove(template);
    expect(problemsOf(template).join("\n")).toMatch(problem);
  });
});
