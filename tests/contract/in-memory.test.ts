import { inMemoryFingerprint, inMemoryStores } from "../support/fakes.ts";
import { testBrokerKeyStore } from "./broker-key-store.contract.ts";
import { testLeases } from "./leases.contract.ts";
import { testOutbox } from "./outbox.contract.ts";
import { testRecordStore } from "./record-store.contract.ts";
import { testSessionStore } from "./session-store.contract.ts";
import { testStandingMessages } from "./standing-messages.contract.ts";
import { testTokenStore } from "./token-store.contract.ts";

testRecordStore(() => ({ ...inMemoryStores([]), fingerprint: inMemoryFingerprint }));
testOutbox(() => inMemoryStores([]));
testStandingMessages(() => inMemoryStores([]));
testTokenStore(() => inMemoryStores([]).tokens);
testLeases(() => inMemoryStores([]).leases);
testSessionStore(() => inMemoryStores([]).sessions);
testBrokerKeyStore(() => inMemoryStores([]).brokerKeys);
