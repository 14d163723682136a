/** HubSpot's client keeps the contract of both clients, over HTTP against the stand-in. */

import { runCrmClientContract } from "./crm-client.contract.ts";
import { hubSpotHarness } from "./hubspot-harness.ts";

runCrmClientContract({
  name: "HubSpot",
  setUp: () => hubSpotHarness(),
  skip: [
    { test: "refuses a guarded write to a record that changed meanwhile", reason: "HubSpot has no conditional write" },
  ],
});
