/** Where the stand-ins may answer otherwise than was recorded, and why. An acceptance that nothing needs fails the test. */

export interface Acceptance {
  /** Matches the name of the recording: its file, or its sequence, number, method and path. */
  readonly recording: RegExp;
  /** Matches the place: `status`, `header name`, or keys of the body. */
  readonly path: RegExp;
  /** Matches what was recorded, where only that is accepted. */
  readonly recorded?: RegExp;
  readonly reason: string;
}

const ROW = /sequence-\w+\.json \d+ GET .*\/sobjects|0[5-8]-sobject-get/;

export const ACCEPTED: readonly Acceptance[] = [
  { recording: /^salesforce/, path: /__c$/, reason: "each org has fields of its own" },
  {
    recording: ROW,
    path: /\.(Jigsaw\w*|CleanStatus|Dandb\w+|CompanyDunsNumber|Duns\w+|Naics\w+|Tradestyle|YearStarted|OperatingHoursId|IndividualId|LastCU\w+Date)$/,
    reason:
      "fields of add-ons that the stand-in's org does not have (Data.com, individuals, operating hours, stay-in-touch)",
  },
  {
    recording: ROW,
    path: /\.(HasOptedOutOfEmail|HasOptedOutOfFax|DoNotCall)$/,
    recorded: /absent/,
    reason: "standard fields that an admin has to switch on; the recorded org had not",
  },
  {
    recording: ROW,
    path: /\.Last(Viewed|Referenced)Date$/,
    recorded: /time/,
    reason:
      "set when a user looks at a record; the stand-in does not keep who looked at what, and LeadLoop reads neither",
  },
  {
    recording: /^hubspot\/sequence/,
    path: /^header x-hubspot-ratelimit-daily(-remaining)?$/,
    recorded: /absent/,
    reason: "HubSpot left the daily pair out of some answers of the same kind; the stand-in always gives it",
  },
  {
    recording: /^hubspot\/(sequence|0[1346])/,
    path: /^body\.results\[\](\.properties\.(lastname|number_field))?$/,
    reason:
      "the recorded index lagged behind by other times than the stand-in's, which had no lag here; test/sandbox/hubspot-search.test.ts has lag",
  },
  {
    recording: /^hubspot\/1[134]-/,
    path: /^body\.results\[\]\.properties\./,
    reason:
      "recorded of companies and of a custom object, of which HubSpot computes other properties than of contacts; compared is the answer around them",
  },
  {
    recording: /describe-Account-swiftly/,
    path: /^body\.(actionOverrides\[\]|associate\w+|deepCloneable|defaultImplementation|extendedBy|extendsInterfaces|implement\w+|isInterface|fields\[\]\.(aiPredictionField|formulaTreatNullNumberAsZero))$/,
    reason:
      "there since later versions of the API than the one the stand-in describes objects by; LeadLoop reads none of it",
  },
  {
    recording: /describe-\w+/,
    path: /^body\.urls\./,
    recorded: /text|path/,
    reason: "addresses of pages and of calls that the stand-in does not serve are not offered",
  },
  {
    recording: /describe-\w+/,
    path: /^body\.recordTypeInfos\[\]\.developerName$/,
    recorded: /absent/,
    reason: "recorded under v42.0; there since v43.0",
  },
  {
    recording: /describe-\w+/,
    path: /^body\.childRelationships\[\]/,
    reason: "only the objects of the stand-in's org are its children",
  },
  {
    recording: /describe-(Task|Contact-swiftly)/,
    path: /^body\.(sobjectDescribeOption|isSubtype|hasSubtypes|recordTypeInfos\[\]\.active|fields\[\]\.(searchPrefilterable|polymorphicForeignKey|compoundFieldName|inlineHelpText))$/,
    reason:
      "recorded under an older version of the API than that of the other descriptions, and with help texts of its own",
  },
  {
    recording: /21-limits/,
    path: /^body\.\w+\.[A-Z]/,
    recorded: /object/,
    reason: "the share that single apps of the recorded org had",
  },
  {
    recording: /22-identity/,
    path: /^body\.(urls\.\w+|status|photos|mobile_\w+|is_lightning_login_user|addr_\w+)$/,
    recorded: /^(?!absent)/,
    reason: "of the identity LeadLoop needs the two ids; what the stand-in leaves out is about the user's page",
  },
  { recording: /22-identity/, path: /organization_id$/, recorded: /text/, reason: "redacted in the recording" },
  {
    recording: /hubspot\/16/,
    path: /\.(calculationFormula|showCurrencySymbol|referencedObjectType|readOnlyOptions|description)$/,
    recorded: /^(?!absent)/,
    reason: "keys that LeadLoop does not read and that the stand-in's shortened definitions leave out",
  },
  {
    recording: /hubspot\/16/,
    path: /\.dataSensitivity$/,
    recorded: /absent/,
    reason: "recorded in 2022; there since 2024 (https://developers.hubspot.com/changelog)",
  },
];

/** Recordings that the stand-ins do not answer. */
export const NOT_COMPARED: Readonly<Record<string, string>> = {
  "hubspot/16-schema-contact-all-property-definitions.200.json":
    "its definitions are compared with those of the properties call, below",
  "hubspot/19-contact-v1-not-found.404.json": "version 1 of the API is not served",
  "hubspot/21-contact-v1-invalid-number.400.json": "version 1 of the API is not served",
  "hubspot/22-contact-v1-invalid-email.400.json": "version 1 of the API is not served",
  "hubspot/29-contact-v1-create-conflict.409.json": "version 1 of the API is not served",
  "hubspot/30-contact-v1-create-invalid-email.400.json": "version 1 of the API is not served",
  "hubspot/32-contact-v1-merge-invalid.400.json": "version 1 of the API is not served",
  "salesforce/01-soap-login.200.json": "login() by SOAP is retired since v65.0, and LeadLoop does not use it",
};
