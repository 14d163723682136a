/** The in-memory store of the simulations keeps the contract of the real ones. */
import { describe } from "vitest";
import { openMemoryState } from "../support/memory-state-store.ts";
import { stateLedgerContract } from "./state-ledger.contract.ts";
import { stateStoreContract } from "./state-store.contract.ts";

describe("the state store of the simulations", () => {
  const fresh = () => openMemoryState().store;
  stateStoreContract(fresh);
  stateLedgerContract(fresh);
});
