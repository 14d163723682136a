/** Reads mappings/ and config/ into the values the core works with, or tells every mistake in them at once. */
import { createHash } from "node:crypto";
import { join } from "node:path";
import type * as z from "zod";
import { ConfigInvalid, type ConfigIssue } from "../core/errors.ts";
import type { OwnerDirectory } from "../core/mapping/transform-options.ts";
import type { AgreementTerms } from "../core/model/agreement.ts";
import type { ObjectMapping, OwnFields } from "../core/model/mapping.ts";
import type { Rulebook } from "../core/model/rulebook.ts";
import { stopsChannel } from "../core/rules/suppression.ts";
import { toAgreement } from "./agreement-file.ts";
import { toFollowUps } from "./cadences-file.ts";
import { toCalendars } from "./calendar-file.ts";
import {
  checkRuleFileNames,
  type FoundFile,
  RULE_FILES,
  type RuleFileName,
  readFolder,
  readOneFile,
  wholeFile,
} from "./config-files.ts";
import { type ConnectorFile, toConnectorSettings, toFacts, toOwnFields } from "./connector-file.ts";
import { collectFactNames, type FactNames, withoutDerived } from "./fact-names.ts";
import { rejectionReasons, toHandoff } from "./handoff-file.ts";
import { toLifecycle } from "./lifecycle-file.ts";
import { checkMapping } from "./mapping-checks.ts";
import { type MappingFile, mappingShape, toObjectMapping, transformsOf } from "./mapping-file.ts";
import { toNotify } from "./notify-file.ts";
import { toReportSettings } from "./report-file.ts";
import { toRouting } from "./routing-file.ts";
import { RuleChecks, type RuleSurroundings, ruleSurroundings } from "./rule-checks.ts";
import { toSafety } from "./safety-file.ts";
import { toScoring } from "./scoring-file.ts";
import { toSegments } from "./segments-file.ts";
import { toSignals } from "./signals-file.ts";
import { toSuppression } from "./suppression-file.ts";
import { type Places, readYaml } from "./yaml-source.ts";

interface ConfigSources {
  readonly mappingsFolder: string;
  readonly configFolder: string;
  /** Who is who, for owner fields; known only once both systems were asked (see `lateOwnerDirectory`). Nobody is known without it. */
  readonly owners?: OwnerDirectory;
  /** A file to be read as scoring.yml, instead of the folder's. */
  readonly scoringFile?: string;
}

/** The whole configuration. `fingerprint` changes exactly when a decision in it does, not with comments or layout. */
export interface Loaded {
  readonly mappings: readonly ObjectMapping[];
  readonly rulebook: Rulebook;
  readonly ownFields: OwnFields;
  readonly agreement: AgreementTerms;
  readonly fingerprint: string;
}

/** Throws ConfigInvalid with every issue of every file: mappings first, then config, each file from top to bottom. */
export function loadConfig(sources: ConfigSources): Loaded {
  const files = parseFolders(sources);
  const { loaded, issues } = compile(files, sources.owners);
  const placed = [...files.mappings, ...Object.values(files.rules)];
  const isFollowOn = (issue: ConfigIssue): boolean =>
    placed.some((one) => one?.file === issue.file && one.places.isFollowOn(issue));
  const all = [...files.issues, ...issues.filter((issue) => !isFollowOn(issue))];
  if (all.length > 0 || loaded === null) throw new ConfigInvalid(inReadingOrder(all, sources.mappingsFolder));
  return { ...loaded, fingerprint: fingerprintOf(files) };
}

/** A file whose shape is right, or was mended. */
interface Placed<T> {
  readonly name: string;
  readonly file: string;
  readonly shape: T;
  readonly places: Places;
}

type RuleShapes = { readonly [N in RuleFileName]: Placed<z.output<(typeof RULE_FILES)[N]>> | null };

interface ParsedFolders {
  readonly mappings: readonly Placed<MappingFile>[];
  /** False when a file that introduces names is missing or cannot be read at all. */
  readonly complete: boolean;
  readonly rules: RuleShapes;
  readonly issues: readonly ConfigIssue[];
}

function parseFolders(sources: ConfigSources): ParsedFolders {
  const mappingFolder = readFolder(sources.mappingsFolder, "LEADLOOP_MAPPINGS");
  const ruleFolder = readFolder(sources.configFolder, "LEADLOOP_CONFIG");
  const issues = [...mappingFolder.issues, ...ruleFolder.issues];
  if (mappingFolder.readable && mappingFolder.files.length === 0 && mappingFolder.issues.length === 0) {
    issues.push(
      wholeFile(sources.mappingsFolder, "holds no mapping; copy one of the shipped ones, such as contact-lead.yml"),
    );
  }
  if (ruleFolder.readable) issues.push(...checkRuleFileNames(sources.configFolder, ruleFolder));

  const parse = <T>(found: FoundFile, shape: z.ZodType<T>): Placed<T> | null => {
    const parsed = readYaml(found.file, found.text, shape);
    if (!parsed.ok) issues.push(...parsed.issues);
    const usable = parsed.ok ? parsed : parsed.mended;
    return usable === null ? null : { name: found.name, file: found.file, shape: usable.value, places: usable.places };
  };
  const { scoringFile } = sources;
  const other = scoringFile === undefined ? null : readOneFile("scoring", scoringFile);
  if (other !== null) issues.push(...other.issues);
  const rule = <T>(name: RuleFileName, shape: z.ZodType<T>): Placed<T> | null => {
    const files = name === "scoring" && other !== null ? other.files : ruleFolder.files;
    const found = files.find((file) => file.name === name);
    return found === undefined ? null : parse(found, shape);
  };
  const mappings = mappingFolder.files.map((found) => parse(found, mappingShape)).filter((mapping) => mapping !== null);
  const rules: RuleShapes = {
    agreement: rule("agreement", RULE_FILES.agreement),
    cadences: rule("cadences", RULE_FILES.cadences),
    calendar: rule("calendar", RULE_FILES.calendar),
    connector: rule("connector", RULE_FILES.connector),
    handoff: rule("handoff", RULE_FILES.handoff),
    lifecycle: rule("lifecycle", RULE_FILES.lifecycle),
    notify: rule("notify", RULE_FILES.notify),
    report: rule("report", RULE_FILES.report),
    routing: rule("routing", RULE_FILES.routing),
    safety: rule("safety", RULE_FILES.safety),
    scoring: rule("scoring", RULE_FILES.scoring),
    segments: rule("segments", RULE_FILES.segments),
    signals: rule("signals", RULE_FILES.signals),
    suppression: rule("suppression", RULE_FILES.suppression),
  };
  const isEveryMappingRead = mappings.length > 0 && mappings.length === mappingFolder.files.length;
  return { mappings, complete: isEveryMappingRead && rules.connector !== null, rules, issues };
}

interface CompiledConfig {
  readonly loaded: Omit<Loaded, "fingerprint"> | null;
  readonly issues: readonly ConfigIssue[];
}

/** Checks the files against each other. What could not be read is taken to hold whatever others ask of it, so that one mistake is told once. */
function compile({ mappings, complete, rules }: ParsedFolders, owners: OwnerDirectory | undefined): CompiledConfig {
  const { connector } = rules;
  const ownFields = connector === null ? null : toOwnFields(connector.shape);
  const transformsAround = { ...regionOf(connector?.shape), owners };
  const withTransforms = mappings.map((placed) => ({
    placed,
    transforms: transformsOf(placed.shape, transformsAround),
  }));

  const collected = collectFactNames(
    withTransforms.map(({ placed, transforms }) => ({ shape: placed.shape, transforms, places: placed.places })),
    connector,
  );
  const counted = new Set<string>();
  const names: FactNames = {
    types: collected.types,
    untyped: collected.untyped,
    complete: complete && collected.complete,
    counted,
  };
  const {
    segments,
    complete: segmentsComplete,
    issues: segmentIssues,
  } = rules.segments === null ? noSegments : toSegments(rules.segments.shape, names, rules.segments.places);
  const issues = [...collected.issues, ...segmentIssues, ...doubledPairs(mappings)];
  const segmentNames = segmentsComplete ? [...segments.keys()] : null;
  const objectMappings = withTransforms.map(({ placed, transforms }) => {
    const { name, file, shape, places } = placed;
    issues.push(...checkMapping(shape, transforms, segmentNames, ownFields, places));
    const include = shape.include === undefined ? null : (segments.get(shape.include)?.when ?? null);
    return toObjectMapping(name, file, shape, transforms, include);
  });

  const around = (known: FactNames) => ruleSurroundings(known, segments, segmentsComplete);
  const afterScore = around(names);
  const check = <T, R>(
    placed: Placed<T> | null,
    convert: (shape: T, checks: RuleChecks) => R,
    surroundings: RuleSurroundings = afterScore,
  ): R | null => {
    if (placed === null) return null;
    const checks = new RuleChecks(placed.places, surroundings);
    const converted = convert(placed.shape, checks);
    issues.push(...checks.issues);
    return converted;
  };
  const scoring = check(rules.scoring, toScoring, around(withoutDerived(names)));
  const reasons = rules.handoff === null ? [] : rejectionReasons(rules.handoff.shape, rules.handoff.places);
  const lifecycle = check(rules.lifecycle, (shape, checks) => toLifecycle(shape, checks, reasons));
  const routing = check(rules.routing, toRouting);
  const handoff = check(rules.handoff, toHandoff);
  const calendars = check(rules.calendar, toCalendars);
  const notify = check(rules.notify, toNotify);
  const suppression = check(rules.suppression, toSuppression);
  const signals = check(rules.signals, toSignals);
  const followUps = check(rules.cadences, toFollowUps);
  const report = check(rules.report, (shape, checks) => toReportSettings(shape, checks, segments.values()));
  const agreement = check(rules.agreement, toAgreement);
  if (connector === null || ownFields === null) return { loaded: null, issues };
  if (scoring === null || lifecycle === null || routing === null) return { loaded: null, issues };
  if (rules.safety === null || suppression === null || signals === null) return { loaded: null, issues };
  if (
    calendars === null ||
    followUps === null ||
    handoff === null ||
    notify === null ||
    report === null ||
    agreement === null
  )
    return { loaded: null, issues };
  const rulebook: Rulebook = {
    segments: [...segments.values()],
    scoring,
    lifecycle,
    routing,
    // Nobody is given a task to call whom no call may reach.
    handoff: { ...handoff, suppressWhen: stopsChannel(suppression, "call", handoff.suppressWhen) },
    suppression,
    signals,
    calendars,
    followUps,
    connector: toConnectorSettings(connector.shape),
    safety: toSafety(rules.safety.shape),
    report,
    notify,
    facts: toFacts(connector.shape),
    counted: [...counted].sort(),
  };
  return { loaded: { mappings: objectMappings, rulebook, ownFields, agreement }, issues };
}

const noSegments: ReturnType<typeof toSegments> = { segments: new Map(), complete: false, issues: [] };

function regionOf(connector: ConnectorFile | undefined): {
  readonly defaultCountry: string;
  readonly timeZone: string;
} {
  return { defaultCountry: connector?.["default-country"] ?? "US", timeZone: connector?.["time-zone"] ?? "UTC" };
}

/** Two mappings for one pair of objects would both answer for the same people. */
function doubledPairs(mappings: readonly Placed<MappingFile>[]): readonly ConfigIssue[] {
  const certain = mappings.filter(({ places }) => places.isOwn(["hubspot"]) && places.isOwn(["salesforce"]));
  return certain.flatMap(({ shape, places }, index) => {
    const first = certain.findIndex(
      (other) => other.shape.hubspot === shape.hubspot && other.shape.salesforce === shape.salesforce,
    );
    if (first === index) return [];
    return [
      places.issue(
        ["salesforce"],
        `${certain[first]?.file ?? ""} already maps ${shape.hubspot} and ${shape.salesforce}; keep one of the two files`,
      ),
    ];
  });
}

function inReadingOrder(issues: readonly ConfigIssue[], mappingsFolder: string): readonly ConfigIssue[] {
  const part = (issue: ConfigIssue): number =>
    issue.file === mappingsFolder || issue.file.startsWith(join(mappingsFolder, "/")) ? 0 : 1;
  const byName = new Intl.Collator("en").compare;
  return [...issues].sort(
    (a, b) =>
      part(a) - part(b) || byName(a.file, b.file) || a.line - b.line || a.column - b.column || byName(a.path, b.path),
  );
}

function fingerprintOf({ mappings, rules }: ParsedFolders): string {
  // What the teams promise each other decides about nobody.
  const { agreement: _, ...deciding } = rules;
  const decisions = [...mappings, ...Object.values(deciding)].map((placed) => [placed?.name, placed?.shape]);
  return createHash("sha256").update(JSON.stringify(decisions)).digest("hex");
}
