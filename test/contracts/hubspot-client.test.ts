/** HubSpot's client keeps the contract of both clients, over HTTP against the stand-in, in both families of paths. */
import { runCrmClientContract } from "./crm-client.contract.ts";
import { hubSpotHarness } from "./hubspot-harness.ts";

const skip = [
  { test: "refuses a guarded write to a record that changed meanwhile", reason: "HubSpot has no conditional write" },
];

runCrmClientContract({ name: "HubSpot", setUp: () => hubSpotHarness(), skip });

runCrmClientContract({
  name: "HubSpot by date-versioned paths",
  setUp: () => hubSpotHarness({}, { apiVersion: "2026-09" }),
  skip,
});
