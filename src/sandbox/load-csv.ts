/** Fills a sandbox with records from CSV files, as its owners would have typed them in over time. */
import { existsSync, readFileSync, realpathSync } from "node:fs";
import { dirname, isAbsolute, join, relative, sep } from "node:path";
import { parse } from "csv-parse/sync";
import type { ImportRow } from "./hubspot/hubspot-account.ts";
import {
  type HubSpotFile,
  LoadError,
  type LoadValue,
  readDescription,
  type SalesforceFile,
} from "./load-description.ts";
import type { Sandbox } from "./sandbox-parts.ts";

export interface LoadOptions {
  /** Path of the load.yml; see load-description.ts for what it says. */
  readonly description: string;
  /** Folder the file names in it are relative to; the description's own by default. */
  readonly dataFolder?: string;
}

export interface LoadedFile {
  readonly name: string;
  /** Records made from the file: contacts, or records of its Salesforce object. */
  readonly created: number;
  readonly converted: number;
}

type Row = Readonly<Record<string, string>>;
type RowsByName = ReadonlyMap<string, readonly Row[]>;

/**
 * Loads the files in the order of the description. Throws a LoadError naming file and row when something does not fit;
 * what was loaded before stays.
 */
export function loadCsv(sandbox: Sandbox, options: LoadOptions): LoadedFile[] {
  const folder = options.dataFolder ?? dirname(options.description);
  const rowsByName = new Map<string, readonly Row[]>();
  return readDescription(options.description).files.map((file) => {
    const rows = readRows(pathWithin(folder, file.file));
    const joined = joinRows(rows, file, rowsByName);
    rowsByName.set(file.name, rows);
    return file.system === "hubspot" ? loadContacts(sandbox, file, joined) : loadRecords(sandbox, file, joined);
  });
}

/** A description that somebody sent reads files of its folder, not others of this machine, also not through a link. */
function pathWithin(folder: string, name: string): string {
  const path = join(folder, name);
  if (!existsSync(path)) return path;
  const from = relative(realpathSync(folder), realpathSync(path));
  if (from === ".." || from.startsWith(`..${sep}`) || isAbsolute(from))
    throw new LoadError(`${path} is outside of ${folder}; a description names files of its own folder`);
  return path;
}

function readRows(path: string): Row[] {
  try {
    return parse(readFileSync(path, "utf8"), { columns: true, bom: true, skip_empty_lines: true });
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new LoadError(`${path} cannot be read as CSV: ${reason}`, { cause });
  }
}

/** Rows with the columns of their partner in the joined file under `file.column`. A row without a partner gets none. */
function joinRows(rows: readonly Row[], file: HubSpotFile | SalesforceFile, rowsByName: RowsByName): readonly Row[] {
  if (file.join === undefined) return rows;
  const { file: other, on } = file.join;
  const partners = rowsByName.get(other);
  if (partners === undefined) throw new LoadError(`${file.name} joins ${other}, which no earlier file is called`);
  const byKey = new Map(partners.map((row) => [row[on], row]));
  return rows.map((row) => {
    const partner = Object.entries(byKey.get(row[on]) ?? {}).map(([column, value]) => [`${other}.${column}`, value]);
    return { ...row, ...Object.fromEntries(partner) };
  });
}

function loadContacts(sandbox: Sandbox, file: HubSpotFile, rows: readonly Row[]): LoadedFile {
  const imports = rows.map((row, index): ImportRow => {
    const where = place(file, index);
    const properties: Record<string, string> = {};
    for (const [name, value] of Object.entries(file.properties)) {
      const filled = filledValue(value, row, where);
      if (filled !== null) properties[name] = propertyText(filled, value);
    }
    return { properties, createdAt: new Date(momentOf(fill(file.created, row, where), where)).toISOString() };
  });
  const ids = attempt(file.name, () => sandbox.hubspot.importContacts(imports));
  return { name: file.name, created: ids.length, converted: 0 };
}

/** HubSpot takes date-times as ISO texts; dates are midnight UTC. */
function propertyText(filled: string | number | boolean, value: LoadValue): string {
  const isDate = typeof value === "object" && value.as === "date";
  return isDate ? `${String(filled)}T00:00:00.000Z` : String(filled);
}

function loadRecords(sandbox: Sandbox, file: SalesforceFile, rows: readonly Row[]): LoadedFile {
  const { salesforce } = sandbox;
  const { repIds, managerId } = salesforce.people;
  const owners = new Map<string, string>();
  let converted = 0;
  for (const [index, row] of rows.entries()) {
    const where = place(file, index);
    const ownerKey = file.owner === undefined ? "" : fill(file.owner, row, where);
    const owner = owners.get(ownerKey) ?? repIds[owners.size % repIds.length] ?? managerId;
    owners.set(ownerKey, owner);
    attempt(where, () => {
      // Real data has wins before the first contact: a lead is then as old as its conversion.
      const convertedAt = file.convert === undefined ? undefined : momentOf(fill(file.convert.at, row, where), where);
      const created = Math.min(
        momentOf(fill(file.created, row, where), where),
        convertedAt ?? Number.POSITIVE_INFINITY,
      );
      const id = salesforce.create(
        file.object,
        { OwnerId: owner, ...fieldsOf(file.fields, row, where) },
        owner,
        created,
      );
      if (file.convert === undefined || convertedAt === undefined) return;
      convert(sandbox, file.convert, { id, owner, at: convertedAt }, row, where);
      converted += 1;
    });
  }
  return { name: file.name, created: rows.length, converted };
}

function convert(
  sandbox: Sandbox,
  conversion: NonNullable<SalesforceFile["convert"]>,
  lead: { readonly id: string; readonly owner: string; readonly at: number },
  row: Row,
  where: string,
): void {
  const { salesforce } = sandbox;
  const doNotCreateOpportunity = conversion.opportunity === undefined;
  const request = { leadId: lead.id, convertedStatus: conversion.status, doNotCreateOpportunity };
  const { opportunityId } = salesforce.convertLead(request, lead.owner, lead.at);
  if (opportunityId === null || conversion.opportunity === undefined) return;
  salesforce.edit("Opportunity", opportunityId, fieldsOf(conversion.opportunity, row, where), lead.owner, lead.at);
}

function fieldsOf(fields: Readonly<Record<string, LoadValue>>, row: Row, where: string): Record<string, unknown> {
  return Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, filledValue(value, row, where)]));
}

/** The value for one field of one row; null when it comes out blank. */
function filledValue(value: LoadValue, row: Row, where: string): string | number | boolean | null {
  if (typeof value === "number" || typeof value === "boolean") return value;
  if (typeof value === "string") return fill(value, row, where) || null;
  const filled = fill(value.value, row, where);
  const text = (value.map?.[filled] ?? filled) || (value.default ?? "");
  if (text === "") return null;
  switch (value.as) {
    case "text":
      return text;
    case "number":
      return numberOf(text, where);
    case "boolean":
      return /^(true|yes|1)$/i.test(text);
    case "date":
      return new Date(momentOf(text, where)).toISOString().slice(0, 10);
    case "datetime":
      return new Date(momentOf(text, where)).toISOString();
  }
}

function fill(template: string, row: Row, where: string): string {
  return template.replace(/\{([^}]+)\}/g, (_, column: string) => {
    const value = row[column];
    if (value === undefined) throw new LoadError(`${where} has no column ${column}`);
    return value;
  });
}

function numberOf(text: string, where: string): number {
  const number = Number(text);
  if (Number.isFinite(number)) return number;
  throw new LoadError(`${where}: "${text}" is not a number`);
}

/** A date or date-time without a zone is UTC. */
function momentOf(text: string, where: string): number {
  const iso = text.trim().replace(" ", "T");
  const ms = Date.parse(/T.*(Z|[+-]\d{2}:?\d{2})$/.test(iso) || !iso.includes("T") ? iso : `${iso}Z`);
  if (!Number.isNaN(ms)) return ms;
  throw new LoadError(`${where}: "${text}" is not a date`);
}

function place(file: { readonly name: string; readonly file: string }, index: number): string {
  return `${file.name} (${file.file}), row ${index + 1}`;
}

/** Does the work; what a stand-in refuses is told with the row it was about. */
function attempt<T>(where: string, work: () => T): T {
  try {
    return work();
  } catch (cause) {
    if (cause instanceof LoadError || !(cause instanceof Error)) throw cause;
    throw new LoadError(`${where}: ${cause.message}`, { cause });
  }
}
