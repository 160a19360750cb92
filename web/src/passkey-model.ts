// One's own passkeys, as the settings show them and as the offer after a sign-in by link asks about.
import { effect, signal } from "@preact/signals";
import type { PasskeyRemovedReply, PasskeysReply, PasskeyView } from "../../server/http/contract.ts";
import { perform, trouble } from "./action-model.ts";
import { announce } from "./announcer.ts";
import { change, get } from "./api.ts";
import { refresh, signedIn } from "./board-model.ts";
import { cameByLink } from "./session-model.ts";

export const passkeys = signal<PasskeyView[] | null>(null);
/** Whether the first passkey is offered above the board. */
export const offered = signal(false);

const path = (id: string): string => `/api/passkeys/${encodeURIComponent(id)}`;

/** Asked anew whenever they come into view. */
export function showPasskeys(panel: Element | null): void {
  if (panel !== null) void perform("show-passkeys", loadPasskeys, "passkeys");
}

async function loadPasskeys(): Promise<void> {
  passkeys.value = (await get<PasskeysReply>("/api/passkeys")).passkeys;
}

/** Once, after a sign-in by link, to whoever has none. */
export function offerPasskey(): void {
  effect(() => {
    if (!signedIn.value) {
      passkeys.value = null;
      offered.value = false;
      return;
    }
    if (!cameByLink.value) return;
    cameByLink.value = false;
    void loadPasskeys()
      .then(() => (offered.value = passkeys.value?.length === 0 && canHave()))
      // An offer, no more: it comes again with the next link.
      .catch(() => {});
  });
}

/** Passkeys belong to a name; a page opened by a number has none. */
function canHave(): boolean {
  return "PublicKeyCredential" in globalThis && !/^[\d.]+$|^\[/.test(location.hostname);
}

export function addPasskey(where: string): Promise<boolean> {
  return perform(
    "add-passkey",
    async () => {
      const { name } = await (await import("./passkey-ceremony.ts")).add(change);
      offered.value = false;
      await loadPasskeys();
      announce(`Passkey “${name}” added.`);
    },
    where,
  );
}

export function renamePasskey(id: string, name: string): Promise<boolean> {
  return perform(
    "rename-passkey",
    async () => {
      await change("POST", path(id), { name });
      await loadPasskeys();
    },
    "passkeys",
  );
}

export function removePasskey(id: string): Promise<boolean> {
  return perform(
    "remove-passkey",
    async () => {
      const { warning } = await change<PasskeyRemovedReply>("DELETE", path(id));
      await loadPasskeys();
      if (warning !== null) trouble.value = { where: "passkeys", sentence: warning };
    },
    "passkeys",
  );
}

export function unlock(): Promise<boolean> {
  return perform("unlock", async () => {
    await change("POST", "/api/lock/release");
    await refresh();
  });
}
