import { openCloud } from "../support/firestore.ts";
import { testLeases } from "./leases.contract.ts";
import { testOutbox } from "./outbox.contract.ts";
import { testRecordStore } from "./record-store.contract.ts";
import { testStandingMessages } from "./standing-messages.contract.ts";
import { testSessionStore } from "./session-store.contract.ts";

testRecordStore(() => openCloud());
testOutbox(() => openCloud());
testStandingMessages(() => openCloud());
testLeases(async () => (await openCloud()).leases);
testSessionStore(async () => (await openCloud()).sessions);
