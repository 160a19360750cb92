// The second file: everything a signed-in person sees. Fetched beside the first /status, so it costs no extra round trip.
import type { StatusReply } from "../../../server/http/contract.ts";
import { announcement, watchCountdown } from "../announcer.ts";
import { Banners } from "../components/Banners.tsx";
import { ConsumersPanel } from "../components/ConsumersPanel.tsx";
import { Dock } from "../components/Dock.tsx";
import { Hero } from "../components/Hero.tsx";
import { JournalPanel } from "../components/JournalPanel.tsx";
import { KeepAlivePanel } from "../components/KeepAlivePanel.tsx";
import { LoopPanel } from "../components/LoopPanel.tsx";
import { MessagesPanel } from "../components/MessagesPanel.tsx";
import { MorePanel } from "../components/MorePanel.tsx";
import { ProofPanel } from "../components/ProofPanel.tsx";
import { Renewal } from "../components/Renewal.tsx";
import { Rows } from "../components/Rows.tsx";
import { Today } from "../components/Today.tsx";
import { TopBar } from "../components/TopBar.tsx";
import { proveWhenAsked } from "../in-person-model.ts";
import { offerPasskey } from "../passkey-model.ts";
import { focused, rememberMostUrgent } from "../focus-model.ts";
import { listen } from "../listen.ts";
import { closeSettings, settingsOpen, settingsPart, watchSettings } from "../settings-part.ts";
import { renewedId, renewing, resumeRenewal, watchRenewal } from "../renewal-model.ts";
import { panelWords, zoneNote } from "../wording-details.ts";
import { settingsWords } from "../wording-settings.ts";
import styles from "../styles/dashboard.css?inline";

export { HandOver } from "./HandOver.tsx";

/** Called once, when this file has arrived. */
export function start(): void {
  // A constructed sheet needs no exception in the CSP and comes with the code it is for.
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(styles);
  document.adoptedStyleSheets.push(sheet);
  listen();
  watchCountdown();
  watchRenewal();
  rememberMostUrgent();
  resumeRenewal();
  watchSettings();
  proveWhenAsked();
  offerPasskey();
}

export function Dashboard({ known }: { known: StatusReply }) {
  const connection = focused.value;
  // What a renewal brought is looked at first.
  const justRenewed = connection?.id === renewedId.value ? connection : null;
  if (settingsOpen.value)
    return (
      <>
        <TopBar />
        <main class="board">
          <OpenSettings />
        </main>
      </>
    );
  return (
    <>
      <TopBar />
      <main class="board">
        <Banners known={known} />
        <div class="stage">
          {connection === null && <h1>{panelWords.noConnections}</h1>}
          {renewing.value && <Renewal connection={renewing.value} />}
          {connection && !renewing.value && (
            <>
              <Hero connection={connection} known={known} />
              <Dock connection={connection} known={known} />
            </>
          )}
          <Rows known={known} />
        </div>
        <div class="panels">
          {justRenewed?.role === "owner" && <ProofPanel connection={justRenewed} />}
          <Today known={known} connection={connection} />
          {connection && (
            <>
              <LoopPanel connection={connection} />
              <KeepAlivePanel connection={connection} known={known} />
              <ConsumersPanel connection={connection} />
            </>
          )}
          <MessagesPanel />
          {connection?.role === "owner" && !justRenewed && <ProofPanel connection={connection} />}
          <MorePanel connection={connection} known={known} />
          <JournalPanel />
          <p class="note">{zoneNote}</p>
        </div>
      </main>
      <p class="unseen" role="status">
        {announcement.value}
      </p>
    </>
  );
}

function OpenSettings() {
  const part = settingsPart.value;
  if (part !== null && part !== "missing") return <part.Settings />;
  return (
    <>
      <p class="progress">{part === null ? settingsWords.loading : settingsWords.missing}</p>
      <button type="button" class="link" onClick={closeSettings}>
        ← {settingsWords.back}
      </button>
    </>
  );
}
