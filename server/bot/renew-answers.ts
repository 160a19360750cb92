// A renewal from the first word to the code, in the chat alone: the broker's link goes out, the code comes back as a message,
// which is taken away whatever becomes of it.
import type { Connection } from "../domain/connection.ts";
import { chatSession, isOpen, type PendingAuthorization } from "../domain/pending-authorization.ts";
import { isEnding } from "../domain/early-asks.ts";
import { asksPerson } from "../domain/planner.ts";
import { type Refusal, refusalSentence } from "../domain/refusal.ts";
import { connectionLabel, providerName } from "../domain/sentences.ts";
import { needsPerson } from "../domain/status.ts";
import { looksLikeAnswer, readAnswer } from "../domain/verifier.ts";
import { cancelAuthorization } from "../use-cases/cancel-authorization.ts";
import { completeAuthorization } from "../use-cases/complete-authorization.ts";
import { readSituation } from "../use-cases/situation.ts";
import { createStartAuthorization } from "../use-cases/start-authorization.ts";
import { supersedeAuthorizations } from "../use-cases/supersede-authorizations.ts";
import type { ChatPerson } from "./chat-person.ts";
import type { BotEffect } from "./handlers.ts";
import { namedConnections } from "./named-connections.ts";
import { chooseReply, codeRequest, firstLoginReply, linkReply, nothingToRenew, renewWords } from "./renew-replies.ts";
import { brokenReply, staleButton } from "./replies.ts";

export interface RenewAnswers {
  /** /renew, alone or with a connection's name. */
  written(who: ChatPerson, args: string): Promise<readonly BotEffect[]>;
  /** A tap on the way to renew this connection. */
  tapped(who: ChatPerson, connectionId: string): Promise<readonly BotEffect[]>;
  /** A tap that gives it up again. */
  cancelled(who: ChatPerson, pendingId: string): Promise<readonly BotEffect[]>;
  /** Whatever was written that is no command; null where it has nothing to do with a renewal. */
  brought(who: ChatPerson, text: string): Promise<readonly BotEffect[] | null>;
}

/** `pageUrl` carries no authority: whoever opens it has to be signed in. */
export function renewAnswers(pageUrl: string): RenewAnswers {
  const startAuthorization = createStartAuthorization();

  async function start(who: ChatPerson, connection: Connection, restart: boolean): Promise<readonly BotEffect[]> {
    const { deps, person } = who;
    const label = connectionLabel(connection);
    // Which accounts are the right ones is said on the page, where a passkey proves who says it.
    if (connection.pin === null) return say(firstLoginReply(label, pageUrl));
    const mine = { connectionId: connection.id, sessionId: chatSession(person.id), personId: person.id };
    const before = await deps.records.pendingAuthorizations(deps.clock(), connection.id);
    const result = await startAuthorization(deps, { ...mine, restart });
    if (result.outcome === "refused") return say(refusalWords(result, connection));
    const { pending } = result;
    if (before.some(({ id }) => id === pending.id)) return [{ do: "toast", text: renewWords.linkAbove }];
    const superseded = await supersedeAuthorizations(deps, pending);
    return [
      { do: "toast", text: renewWords.linkBelow },
      { do: "say", ...linkReply(connection, pending, superseded > 0) },
      { do: "ask", ...codeRequest(connection, pending.ceremony) },
    ];
  }

  return {
    async written(who, args) {
      if (who.renewable.length === 0) return say(nothingToRenew(who.visible));
      const named = namedConnections(who.renewable, args);
      if (args !== "" && named.length === 0)
        return [{ do: "say", ...chooseReply(renewWords.noSuch(args), who.renewable) }];
      const wanted = args === "" ? await neededOf(who) : named;
      const [only] = wanted;
      if (only === undefined) return say(renewWords.nothingNeeded(who.renewable));
      return wanted.length === 1 ? start(who, only, true) : [{ do: "say", ...chooseReply(renewWords.choose, wanted) }];
    },

    async tapped(who, connectionId) {
      // What is another's does not exist; what may only be looked at does.
      const connection = who.visible.find(({ id }) => id === connectionId);
      if (connection === undefined) return [{ do: "toast", text: renewWords.unknown }];
      if (!who.renewable.includes(connection)) return [{ do: "toast", text: renewWords.onlyLook }];
      // An old button must not replace a login that is good.
      if (!(await neededOf(who)).includes(connection)) return [{ do: "toast", text: renewWords.notNeeded }];
      return start(who, connection, false);
    },

    async cancelled({ deps, person }, pendingId) {
      const sessionId = chatSession(person.id);
      const known = await deps.records.pendingAuthorizations(deps.clock());
      const mine = known.find(({ id, sessionId: whose }) => id === pendingId && whose === sessionId);
      if (mine === undefined || mine.stage !== "waiting") return [{ do: "toast", text: staleButton }];
      const result = await cancelAuthorization(deps, { connectionId: mine.connectionId, sessionId });
      return result.outcome === "refused"
        ? [{ do: "toast", text: refusalSentence(result, "The broker") }]
        : [
            { do: "toast", text: renewWords.cancelled },
            { do: "edit", text: renewWords.cancelledWhere },
          ];
    },

    async brought(who, text) {
      const { deps, person, visible } = who;
      const now = deps.clock();
      const known = await deps.records.pendingAuthorizations(now);
      const mine = known.filter(({ sessionId }) => sessionId === chatSession(person.id));
      const open = mine.filter((pending) => isOpen(pending, now));
      const awaited = open.find(({ stage }) => stage === "waiting");
      const target = awaited ?? open[0] ?? mine[0];
      const connection = visible.find(({ id }) => id === target?.connectionId);
      if (awaited === undefined && !looksLikeAnswer(text)) return null;
      const isAnswer =
        looksLikeAnswer(text) ||
        (connection !== undefined && readAnswer(connection.provider, { verifier: text }) !== null);
      const away: readonly BotEffect[] = isAnswer ? [{ do: "delete-incoming" }] : [];
      if (target === undefined || connection === undefined) return [...away, ...say(renewWords.nothingAwaited)];
      const find = () => bring(who, connection, awaited ?? null, text);
      return [...away, { do: "then", find }];
    },
  };

  async function bring(
    { deps, person }: ChatPerson,
    connection: Connection,
    awaited: PendingAuthorization | null,
    text: string,
  ): Promise<readonly BotEffect[]> {
    const { id: connectionId } = connection;
    const mine = { connectionId, sessionId: chatSession(person.id), personId: person.id };
    let result;
    try {
      result = await completeAuthorization(deps, { ...mine, answer: { verifier: text } });
    } catch (error) {
      // What was begun is taken up by recovery, which tells how it went.
      deps.log.error("chat-renewal-failed", { connection: connectionId, error });
      return say(brokenReply);
    }
    const label = connectionLabel(connection);
    switch (result.outcome) {
      case "stored":
        // The outbox tells it, so that it is told even if this program ends here.
        return [];
      case "verifying":
        return say(renewWords.verifying(label, providerName(connection)));
      case "confirm-accounts":
        // The pin was taken away while the person was at the broker.
        await cancelAuthorization(deps, mine);
        return say(firstLoginReply(label, pageUrl));
      case "refused": {
        const known = await deps.records.pendingAuthorizations(deps.clock(), connectionId);
        const ended = known.find(({ id }) => id === awaited?.id)?.stage === "failed";
        return ended && isTold(result) ? [] : say(refusalWords(result, connection));
      }
    }
  }
}

/** How these ended an authorization is told by a message of its own, which can't be lost. */
function isTold({ code }: Refusal): boolean {
  return (
    code === "verifier-rejected" ||
    code === "account-mismatch" ||
    code === "no-accounts" ||
    code === "candidate-rejected"
  );
}

/** Those that need a person now, or ask for one ahead. */
async function neededOf({ deps, renewable }: ChatPerson): Promise<readonly Connection[]> {
  const { now, today, statuses } = await readSituation(deps, deps.clock());
  return renewable.filter((connection) => {
    const status = statuses.get(connection.id);
    const policy = deps.providers.get(connection.id)?.policy;
    if (status === undefined || policy === undefined) return false;
    if (needsPerson(status) || isEnding(connection, status, policy, now)) return true;
    return today.kind === "trading" && asksPerson(status, today);
  });
}

function refusalWords(refusal: Refusal, connection: Connection): string {
  return `${connectionLabel(connection)}: ${refusalSentence(refusal, providerName(connection))}`;
}

function say(text: string): readonly BotEffect[] {
  return [{ do: "say", text }];
}
