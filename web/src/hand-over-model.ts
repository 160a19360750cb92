// Coming from Telegram: spends the link, proves who is there, and goes on with the renewal it was for.
import { batch, signal } from "@preact/signals";
import type { HandOverReply, NumberProof, PasskeyProof } from "../../server/http/contract.ts";
import { perform, trouble } from "./action-model.ts";
import { ApiError } from "./api.ts";
import { refresh, signedIn } from "./board-model.ts";
import { doorApi } from "./door-api.ts";
import { beginRenewal } from "./renewal-model.ts";
import { handedOver } from "./session-model.ts";
import { handOverWords } from "./wording-hand-over.ts";

export type Step =
  | { readonly at: "offer" }
  | { readonly at: "number"; readonly reply: HandOverReply; readonly proof: NumberProof; readonly endsAt: number }
  | { readonly at: "passkey"; readonly reply: HandOverReply; readonly proof: PasskeyProof }
  /** The way back leads through the chat. */
  | { readonly at: "over" };

export const step = signal<Step>({ at: "offer" });

const askEveryMs = 1500;

/** The tap on Continue: nothing before it spends the link, no preview and no visit. */
export async function goOn(): Promise<void> {
  const token = handedOver.value;
  if (token === null) return;
  await perform("hand-over", async () => {
    const reply = await doorApi.handOver(token).catch(giveUp);
    const { proof } = reply;
    if (proof.by === "passkey") step.value = { at: "passkey", reply, proof };
    else step.value = { at: "number", reply, proof, endsAt: performance.now() + proof.validSeconds * 1000 };
  });
  if (step.value.at === "passkey") await usePasskey();
  else await waitForTap();
}

/** Asked for at once, and by a tap if the browser wants one or the person looked away. */
export async function usePasskey(): Promise<void> {
  const now = step.value;
  if (now.at !== "passkey") return;
  await perform(
    "passkey",
    async () => {
      const { proveHandOver } = await import("./passkey-ceremony.ts");
      const { enteredFor } = await proveHandOver(now.proof, now.reply.connection.id).catch(giveUp);
      if (enteredFor !== null) await enter(enteredFor);
    },
    "hand-over",
  );
}

/** What the server refused is spent, and only the chat has another. Where no answer came, the same tap may be tried again. */
function giveUp(error: unknown): never {
  if (error instanceof ApiError && error.status > 0) step.value = { at: "over" };
  throw error;
}

/** Until the number was tapped in the chat; at once when the person comes back from there. */
async function waitForTap(): Promise<void> {
  for (;;) {
    const now = step.value;
    if (now.at !== "number") return;
    // oxlint-disable-next-line no-await-in-loop -- one question after the other
    const enteredFor = await ask(now.proof.secret);
    if (enteredFor !== null) return enter(enteredFor);
    if (step.value.at === "number" && performance.now() > now.endsAt) {
      step.value = { at: "over" };
      say(handOverWords.late);
    }
    // oxlint-disable-next-line no-await-in-loop
    await pause();
  }
}

async function ask(secret: string): Promise<string | null> {
  try {
    return (await doorApi.match(secret)).enteredFor;
  } catch (error) {
    // Cut off for a moment on the way between two apps: asked again. A refusal is final.
    if (error instanceof ApiError && error.status >= 400 && error.status < 500) {
      step.value = { at: "over" };
      say(error.message);
    }
    return null;
  }
}

function pause(): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, askEveryMs);
  document.addEventListener("visibilitychange", () => resolve(), { once: true });
  return promise.finally(() => clearTimeout(timer));
}

/** In: the page now belongs to that renewal, which starts at once. */
async function enter(connection: string): Promise<void> {
  batch(() => {
    signedIn.value = null;
    handedOver.value = null;
    step.value = { at: "offer" };
  });
  await refresh();
  await beginRenewal(connection);
}

function say(sentence: string): void {
  trouble.value = { where: "hand-over", sentence };
}
