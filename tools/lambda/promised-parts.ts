/** What a packaged template must have for the promises of docs/deploy.md: turns, retries, alarms, logs, roles, secrets. Each that is missing is a sentence. */

type Json = Readonly<Record<string, unknown>>;
type Resources = Readonly<Record<string, Json>>;

/** They write to both systems, or run the jobs that do. */
const WRITERS = ["SyncLambdaFunction", "ChangesLambdaFunction"];
/** Each message is of one connection, which is its group. */
const BY_CONNECTION = ["RunsQueue", "ChangesQueue"];
const ALARMS: readonly (readonly [metric: string, what: string])[] = [
  ["Errors", "invocations that fail"],
  ["RunsStopped", "runs that cannot work"],
  ["SecondsSinceSuccess", "no run that went well"],
  ["QuotaReserveReached", "a quota that is down to its reserve"],
  ["ApproximateAgeOfOldestMessage", "messages that wait"],
  ["ApproximateNumberOfMessagesVisible", "dead letters"],
];
/** Where things are, never what opens them. */
const VARIABLES = /^(NODE_OPTIONS|LEADLOOP_(STAGE|LOG|SECRETS_SECONDS|REPORT_URL)|(RUNS|CHANGES)_QUEUE_URL)$/;

/** One sentence for each promise that the template does not keep; none when it keeps them all. */
export function missingParts(template: Json): readonly string[] {
  const resources = objectOf(template["Resources"]) as Resources;
  return [
    ...WRITERS.flatMap((name) => writerProblems(name, propertiesOf(resources, name))),
    ...BY_CONNECTION.flatMap((name) => turnProblems(name, propertiesOf(resources, name))),
    ...ofType(resources, "AWS::SQS::Queue").flatMap(([name, queue]) => queueProblems(resources, name, queue)),
    ...ofType(resources, "AWS::Lambda::EventSourceMapping").flatMap(([name, source]) => sourceProblems(name, source)),
    ...alarmProblems(resources),
    ...ofType(resources, "AWS::Lambda::Function").flatMap(([name, one]) => functionProblems(resources, name, one)),
    ...networkProblems(objectOf(template["Conditions"]), resources),
  ];
}

function writerProblems(name: string, writer: Json): string[] {
  return Number(writer["ReservedConcurrentExecutions"]) >= 1 ? [] : [`${name}: no concurrency is reserved for it`];
}

/** A group is worked on by one at a time, and one connection's group holds up no other's. */
function turnProblems(name: string, queue: Json): string[] {
  return isTrue(queue["FifoQueue"])
    ? []
    : [`${name}: it is no FIFO queue, so one connection could be run twice at once`];
}

function queueProblems(resources: Resources, name: string, queue: Json): string[] {
  if (isDeadLetters(resources, name)) {
    const alarmed = alarmsOn(resources, "ApproximateNumberOfMessagesVisible").some((alarm) => mentions(alarm, name));
    return alarmed ? [] : [`${name}: no alarm tells of dead letters there`];
  }
  const policy = objectOf(queue["RedrivePolicy"]);
  const [target] = listOf(objectOf(policy["deadLetterTargetArn"])["Fn::GetAtt"]).map(String);
  if (target === undefined || resources[target] === undefined)
    return [`${name}: what fails again and again is set aside nowhere (RedrivePolicy)`];
  const deadLetters = propertiesOf(resources, target);
  return [
    ...(Number(policy["maxReceiveCount"]) >= 2 ? [] : [`${name}: maxReceiveCount gives no second try`]),
    ...(isTrue(deadLetters["FifoQueue"]) === isTrue(queue["FifoQueue"])
      ? []
      : [`${target}: it must be a FIFO queue exactly where ${name} is one, or AWS refuses it`]),
    ...(Number(deadLetters["MessageRetentionPeriod"]) > Number(queue["MessageRetentionPeriod"])
      ? []
      : [`${target}: it keeps messages no longer than ${name}, so they are gone when somebody looks`]),
  ];
}

function isDeadLetters(resources: Resources, name: string): boolean {
  return ofType(resources, "AWS::SQS::Queue").some(([, queue]) => mentions(queue["RedrivePolicy"], name));
}

function sourceProblems(name: string, source: Json): string[] {
  return listOf(source["FunctionResponseTypes"]).includes("ReportBatchItemFailures")
    ? []
    : [`${name}: one bad message gives back its whole batch (ReportBatchItemFailures)`];
}

function alarmProblems(resources: Resources): string[] {
  const missing = ALARMS.filter(([metric]) => alarmsOn(resources, metric).length === 0);
  const silent = ofType(resources, "AWS::CloudWatch::Alarm").filter(
    ([, alarm]) => listOf(alarm["AlarmActions"]).length === 0,
  );
  const unwatched = ofType(resources, "AWS::Lambda::Function").filter(
    ([name]) => !alarmsOn(resources, "Errors").some((alarm) => mentions(alarm, name)),
  );
  const waiting = alarmsOn(resources, "ApproximateAgeOfOldestMessage");
  return [
    ...missing.map(([metric, what]) => `no alarm tells of ${what} (${metric})`),
    ...silent.map(([name]) => `${name}: the alarm tells nobody (AlarmActions)`),
    ...unwatched.map(([name]) => `${name}: no alarm tells when it fails`),
    ...BY_CONNECTION.filter((name) => !waiting.some((alarm) => mentions(alarm, name))).map(
      (name) => `${name}: no alarm tells when messages wait there`,
    ),
  ];
}

function functionProblems(resources: Resources, name: string, one: Json): string[] {
  const group = ofType(resources, "AWS::Logs::LogGroup").find(
    ([, log]) => log["LogGroupName"] === `/aws/lambda/${String(one["FunctionName"])}`,
  );
  const sharing = ofType(resources, "AWS::Lambda::Function").filter(
    ([other, { Role: role }]) => other !== name && JSON.stringify(role) === JSON.stringify(one["Role"]),
  );
  const variables = Object.keys(objectOf(objectOf(one["Environment"])["Variables"]));
  return [
    ...(Number(group?.[1]["RetentionInDays"]) > 0 ? [] : [`${name}: its log is kept for ever (RetentionInDays)`]),
    ...(sharing.length === 0
      ? []
      : [`${name}: its role is also that of ${sharing.map(([other]) => other).join(", ")}`]),
    ...variables
      .filter((variable) => !VARIABLES.test(variable))
      .map(
        (variable) =>
          `${name}: the variable ${variable} is none that may stand in a template; secrets are read from SSM and Secrets Manager`,
      ),
  ];
}

/** A private network is a choice of whoever deploys: the roles allow for it, on that condition alone. */
function networkProblems(conditions: Json, resources: Resources): string[] {
  const roles = ofType(resources, "AWS::IAM::Role").filter(([, role]) => role["Policies"] !== undefined);
  return [
    ...(conditions["InVpc"] === undefined
      ? ["there is no condition InVpc: a private network is no choice any more"]
      : []),
    ...roles
      .filter(([, role]) => objectOf(role["ManagedPolicyArns"])["Fn::If"] === undefined)
      .map(([name]) => `${name}: the policy for a private network must depend on InVpc`),
  ];
}

function alarmsOn(resources: Resources, metric: string): readonly Json[] {
  return ofType(resources, "AWS::CloudWatch::Alarm").flatMap(([, alarm]) =>
    JSON.stringify(alarm).includes(`"MetricName":"${metric}"`) ? [alarm] : [],
  );
}

function mentions(value: unknown, resource: string): boolean {
  return (JSON.stringify(value) ?? "").includes(`"${resource}"`);
}

function ofType(resources: Resources, type: string): readonly (readonly [string, Json])[] {
  return Object.entries(resources).flatMap(([name, resource]) =>
    resource["Type"] === type ? [[name, objectOf(resource["Properties"])] as const] : [],
  );
}

function propertiesOf(resources: Resources, name: string): Json {
  return objectOf(resources[name]?.["Properties"]);
}

function isTrue(value: unknown): boolean {
  return value === true || value === "true";
}

function listOf(value: unknown): readonly unknown[] {
  if (value === undefined) return [];
  return Array.isArray(value) ? value : [value];
}

function objectOf(value: unknown): Json {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Json) : {};
}
