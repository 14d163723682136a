/** What an admin, or the run, gives a transform to work with. */
import type { System } from "../model/record.ts";

/** Who is who: owners are known only at run time, so a transform asks instead of holding a list. */
export interface OwnerDirectory {
  /** The normalised e-mail of the owner with this id, or null where none is known. */
  emailOf(system: System, id: string): string | null;
  /** The owner with this normalised e-mail, or null. An inactive one may be kept but never newly written. */
  idOf(system: System, email: string): { readonly id: string; readonly active: boolean } | null;
  /** This owner is known, but the other system has nobody with their e-mail: for both systems together, nobody owns the record. */
  isNobody?(system: System, id: string): boolean;
}

export interface TransformOptions {
  /** HubSpot value -> Salesforce value. Several HubSpot values may share one; the first listed is written when the finer one is not known. */
  readonly values?: Readonly<Record<string, string>>;
  /** Longest text each side stores, in UTF-16 units (the strictest way to count: no system counts more). */
  readonly maxLength?: { readonly hubspot?: number; readonly salesforce?: number };
  /** Digits after the decimal point that both sides keep; further ones are rounded half to even. */
  readonly scale?: number;
  /** ISO 3166 code of the country that phone numbers without a prefix belong to. */
  readonly defaultCountry?: string;
  /** IANA zone that says which calendar day an instant falls on. UTC where it is not set. */
  readonly timeZone?: string;
  /** The E.164 form (";ext=" and extension where there is one), or null when the text is no phone number. Must give its own answers back unchanged. */
  readonly parsePhone?: (text: string, country: string | undefined) => string | null;
  readonly owners?: OwnerDirectory;
}

/** The shorter of the two limits: both sides are compared on what both can hold. */
export function sharedLimit(maxLength: TransformOptions["maxLength"]): number {
  return Math.min(maxLength?.hubspot ?? Number.POSITIVE_INFINITY, maxLength?.salesforce ?? Number.POSITIVE_INFINITY);
}
