/** What an org has that works in several currencies: the object CurrencyType, and a currency on every record with money or an owner. */
import { indexField, type OrgState, storeRecord, tableOf } from "./org-state.ts";
import { stampOf } from "./vendor-time.ts";

/**
 * A row of CurrencyType: `rate` is how many units one unit of the corporate currency is worth, whose own rate is 1.
 * https://developer.salesforce.com/docs/atlas.en-us.object_reference.meta/object_reference/sforce_api_objects_currencytype.htm
 */
export interface OrgCurrency {
  readonly code: string;
  readonly rate: number;
  /**
   * Rates by the day from which they hold, where the org has switched advanced currency management on: it converts opportunities by that of their close date.
   * https://developer.salesforce.com/docs/atlas.en-us.object_reference.meta/object_reference/sforce_api_objects_datedconversionrate.htm
   */
  readonly dated?: readonly { readonly from: string; readonly rate: number }[];
}

/** Objects that an org does not have: those of several currencies, and that of dated rates. */
export function withoutCurrencies(currencies: readonly OrgCurrency[] | undefined): readonly string[] {
  if (currencies === undefined) return ["CurrencyType", DATED];
  return currencies.some(({ dated }) => dated !== undefined) ? [] : [DATED];
}

const DATED = "DatedConversionRate";

const WITH_CURRENCY = ["Lead", "Contact", "Account", "Campaign", "Opportunity"];

/** Makes the org one of several currencies, as the vendor does once and for ever; the first is the corporate one. */
export function activateCurrencies(state: OrgState, currencies: readonly OrgCurrency[]): void {
  const object = state.catalog.require("CurrencyType");
  const stamp = stampOf(state.clock.now());
  // Stored last: nobody may take the first row for it.
  for (const [index, { code, rate }] of [...currencies.entries()].reverse()) {
    storeRecord(state, object, {
      ...state.catalog.emptyRecord(object),
      Id: state.mint.next(object.idPrefix),
      IsoCode: code,
      ConversionRate: rate,
      DecimalPlaces: 2,
      IsActive: true,
      IsCorporate: index === 0,
      CreatedDate: stamp,
      CreatedById: state.integrationUserId,
      LastModifiedDate: stamp,
      LastModifiedById: state.integrationUserId,
      SystemModstamp: stamp,
    });
  }
  for (const currency of currencies) storeDatedRates(state, currency);
  offerActive(state);
}

/** Each rate holds until the day before the next one of its currency begins. */
function storeDatedRates(state: OrgState, { code, dated = [] }: OrgCurrency): void {
  if (dated.length === 0) return;
  const object = state.catalog.require(DATED);
  const stamp = stampOf(state.clock.now());
  const inOrder = dated.toSorted((a, b) => (a.from < b.from ? -1 : 1));
  for (const [index, { from, rate }] of inOrder.entries()) {
    storeRecord(state, object, {
      ...state.catalog.emptyRecord(object),
      Id: state.mint.next(object.idPrefix),
      IsoCode: code,
      StartDate: from,
      NextStartDate: inOrder[index + 1]?.from ?? null,
      ConversionRate: rate,
      CreatedDate: stamp,
      CreatedById: state.integrationUserId,
      LastModifiedDate: stamp,
      LastModifiedById: state.integrationUserId,
      SystemModstamp: stamp,
    });
  }
}

/** What an admin does to a currency: another rate, or no longer offered. Records keep the currency that they have. */
export function editCurrency(state: OrgState, code: string, changes: { rate?: number; active?: boolean }): void {
  const object = state.catalog.require("CurrencyType");
  const row = [...tableOf(state, object).allLatest()].find((each) => each["IsoCode"] === code);
  if (row === undefined) throw new Error(`The sandbox org has no currency ${code}`);
  const stamp = stampOf(state.clock.now());
  storeRecord(state, object, {
    ...row,
    ConversionRate: changes.rate ?? row["ConversionRate"] ?? null,
    IsActive: changes.active ?? row["IsActive"] ?? null,
    LastModifiedDate: stamp,
    SystemModstamp: stamp,
  });
  offerActive(state);
}

/** The field takes active currencies only, and the corporate one where nobody says any. */
function offerActive(state: OrgState): void {
  const rows = [...tableOf(state, state.catalog.require("CurrencyType")).allLatest()];
  const corporate = String(rows.find((row) => row["IsCorporate"] === true)?.["IsoCode"] ?? "");
  for (const name of WITH_CURRENCY) {
    const field = state.catalog.define(name, {
      name: "CurrencyIsoCode",
      label: `${name} Currency`,
      type: "picklist",
      length: 3,
      restrictedPicklist: true,
      permissionable: false,
      picklistValues: rows.filter((row) => row["IsActive"] === true).map((row) => String(row["IsoCode"])),
      picklistDefault: corporate,
    });
    indexField(state, state.catalog.require(name), field);
  }
}
