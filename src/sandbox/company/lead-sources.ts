/** Where people come from, and how good they are: the report should be able to find out what is written here. */

export interface LeadSource {
  /** As marketing writes it into `origin`. */
  readonly origin: string;
  /** HubSpot's own word for it. */
  readonly analytics: string;
  /** Salesforce's word for it. */
  readonly leadSource: string;
  /** New people on a working day. */
  readonly perDay: number;
  /** 0 to 1: how likely they are to be looking for something like this at all. */
  readonly interest: number;
  /** 0 to 1: how well those who talk to sales fit. */
  readonly fit: number;
  readonly campaigns: readonly string[];
  readonly form: string;
}

export const LEAD_SOURCES: readonly LeadSource[] = [
  {
    origin: "organic search",
    analytics: "ORGANIC_SEARCH",
    leadSource: "Web",
    perDay: 3.2,
    interest: 0.5,
    fit: 0.6,
    campaigns: ["/", "/guide/revenue-reporting", "/compare"],
    form: "Newsletter",
  },
  {
    origin: "paid search",
    analytics: "PAID_SEARCH",
    leadSource: "Web",
    perDay: 2.4,
    interest: 0.45,
    fit: 0.35,
    campaigns: ["/lp/spring-offer", "/lp/automation", "/lp/compare-vendors"],
    form: "Checklist download",
  },
  {
    origin: "social media",
    analytics: "SOCIAL_MEDIA",
    leadSource: "Web",
    perDay: 2.1,
    interest: 0.2,
    fit: 0.25,
    campaigns: ["/blog/ten-mistakes", "/quiz"],
    form: "Quiz",
  },
  {
    origin: "referral",
    analytics: "REFERRALS",
    leadSource: "Partner Referral",
    perDay: 0.8,
    interest: 0.75,
    fit: 0.85,
    campaigns: ["/partners"],
    form: "Contact sales",
  },
  {
    origin: "webinar",
    analytics: "EMAIL_MARKETING",
    leadSource: "Web",
    perDay: 1.4,
    interest: 0.55,
    fit: 0.6,
    campaigns: ["/webinar/closed-loop", "/webinar/data-quality"],
    form: "Webinar registration",
  },
  {
    origin: "direct traffic",
    analytics: "DIRECT_TRAFFIC",
    leadSource: "Web",
    perDay: 1.5,
    interest: 0.4,
    fit: 0.45,
    campaigns: ["/", "/pricing"],
    form: "Newsletter",
  },
  {
    origin: "trade fair",
    analytics: "OFFLINE",
    leadSource: "Other",
    perDay: 0.2,
    interest: 0.4,
    fit: 0.65,
    campaigns: ["Spring fair booth", "Partner summit"],
    form: "Badge scan",
  },
  {
    origin: "purchased list",
    analytics: "OFFLINE",
    leadSource: "Purchased List",
    perDay: 0.4,
    interest: 0.06,
    fit: 0.3,
    campaigns: ["List 2025-B"],
    form: "",
  },
];
