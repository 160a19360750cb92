// The third file: who may do what, and what is told where. A panel for each, in a file of its own.
import { ChannelsPanel } from "../components/ChannelsPanel.tsx";
import { ConnectionsPanel } from "../components/ConnectionsPanel.tsx";
import { DrillPanel } from "../components/DrillPanel.tsx";
import { PasskeysPanel } from "../components/PasskeysPanel.tsx";
import { PeoplePanel } from "../components/PeoplePanel.tsx";
import { ProgramsPanel } from "../components/ProgramsPanel.tsx";
import { YouPanel } from "../components/YouPanel.tsx";
import { watchDrills } from "../drill-model.ts";
import { isOwner, showPeople, watchPeople } from "../people-model.ts";
import { closeSettings } from "../settings-part.ts";
import { settingsWords } from "../wording-settings.ts";
import styles from "../styles/settings.css?inline";

/** Called once, when this file has arrived. */
export function start(): void {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(styles);
  document.adoptedStyleSheets.push(sheet);
  watchPeople();
  watchDrills();
}

export function Settings() {
  return (
    <section class="settings" aria-labelledby="settings-title">
      <button type="button" class="link" onClick={closeSettings}>
        ← {settingsWords.back}
      </button>
      <h1 id="settings-title" tabIndex={-1} ref={takeFocus}>
        {settingsWords.title}
      </h1>
      <div class="panels" ref={showPeople}>
        <YouPanel />
        <ChannelsPanel />
        {isOwner.value && <ConnectionsPanel />}
        <PasskeysPanel />
        <DrillPanel />
        {isOwner.value && (
          <>
            <PeoplePanel />
            <ProgramsPanel />
          </>
        )}
      </div>
    </section>
  );
}

/** One function for good: a new one on each drawing would take the focus out of a field. */
const takeFocus = (heading: HTMLElement | null): void => heading?.focus();
