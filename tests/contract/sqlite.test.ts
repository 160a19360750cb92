import { openLaptop } from "../support/sqlite.ts";
import { testBrokerKeyStore } from "./broker-key-store.contract.ts";
import { testLeases } from "./leases.contract.ts";
import { testOutbox } from "./outbox.contract.ts";
import { testRecordStore } from "./record-store.contract.ts";
import { testSessionStore } from "./session-store.contract.ts";
import { testStandingMessages } from "./standing-messages.contract.ts";
import { testTokenStore } from "./token-store.contract.ts";

testRecordStore(() => openLaptop());
testOutbox(() => openLaptop());
testStandingMessages(() => openLaptop());
testTokenStore(() => openLaptop().tokens);
testLeases(() => openLaptop().leases);
testSessionStore(() => openLaptop().sessions);
testBrokerKeyStore(() => openLaptop().brokerKeys);
