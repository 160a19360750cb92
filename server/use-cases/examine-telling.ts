// The doctor at the ways out: does the chat reach the person, does Telegram reach us, does the trading system hear of tokens.
import { channelLabel } from "../domain/channel.ts";
import { firstPersonId, newPerson, type Person, presentPerson } from "../domain/person.ts";
import { channelsOf } from "../domain/telling.ts";
import type { Dependencies } from "./dependencies.ts";
import { ago, type Finding, found } from "./finding.ts";

/** Where a chat delivers what the person answers, as it says itself. */
export interface ChatWebhook {
  /** Empty if it was never told. */
  readonly url: string;
  /** Answers it still holds for us. */
  readonly pending: number;
  readonly lastError: { readonly text: string; readonly at: Temporal.Instant } | null;
}

const webhookPath = "/telegram/webhook";

const finish = "npm run prebell -- setup google --finish";
/** A refused answer is sent again for a while; what was refused longer ago is over. */
const errorIsRecent = Temporal.Duration.from({ hours: 1 });

export async function examineChat(
  deps: Pick<Dependencies, "clock" | "records" | "notifierFor" | "configuredChannels">,
  place: { readonly publicUrl: string | null; readonly inCloud: boolean; readonly chatId: string | null },
): Promise<Finding> {
  try {
    // Before the first start nobody is recorded yet; the chat that is configured will be theirs.
    const owner = presentPerson(await deps.records.people(), firstPersonId) ?? nobodyYet(deps.clock());
    const channels = channelsOf({ ...owner, chatId: place.chatId ?? owner.chatId }, deps.configuredChannels);
    const sentences = await Promise.all(channels.map((channel) => deps.notifierFor(channel).check()));
    const sentence = sentences.join(" ");
    if (channels.every(({ kind }) => kind === "panel"))
      return found(
        "chat",
        "warning",
        place.inCloud ? "No bot token is set here, so the chat was not looked at." : sentence,
        place.inCloud
          ? `${finish} looks with the bot token that the service has.`
          : "Set TELEGRAM_BOT_TOKEN and TELEGRAM_CHAT_ID to be reminded on the phone.",
      );
    return place.publicUrl === null
      ? found(
          "chat",
          "warning",
          `${sentence} Its link leads to this machine, which a phone can't open.`,
          "Set PUBLIC_URL to an https address that leads here.",
        )
      : found("chat", "ok", sentence);
  } catch (error) {
    return found(
      "chat",
      "fault",
      error instanceof Error ? error.message : "It can't be reached.",
      "Alerts can't reach you until this is mended.",
    );
  }
}

function nobodyYet(createdAt: Temporal.Instant): Person {
  return newPerson({ id: firstPersonId, name: "Owner", role: "owner", chatId: null, createdAt });
}

/** What the mornings' looks at everybody's channels found: the chain as it was, where `examineChat` sees it as it is. */
export async function examineDailyProof(
  deps: Pick<Dependencies, "clock" | "records" | "configuredChannels">,
): Promise<Finding> {
  const subject = "daily proof";
  const now = deps.clock();
  const people = (await deps.records.people()).filter(({ removedAt }) => removedAt === null);
  const proofs = people.flatMap((person) =>
    channelsOf(person, deps.configuredChannels).flatMap((channel) => {
      const check = person.checks.find((each) => each.channel === channel.id);
      return check === undefined ? [] : [{ person, label: channelLabel(channel), check }];
    }),
  );
  const newest = proofs.toSorted((a, b) => Temporal.Instant.compare(b.check.checkedAt, a.check.checkedAt))[0];
  if (newest === undefined)
    return found(subject, "ok", "No channel was looked at yet; each is, 90 minutes before every open.");
  const broken = proofs.filter(({ check }) => check.failure !== null);
  if (broken.length === 0) {
    const which = proofs.length === 1 ? "The channel was found" : `All ${proofs.length} channels were found`;
    return found(subject, "ok", `${which} in order, ${ago(newest.check.checkedAt, now)}.`);
  }
  const sentences = broken.map(
    ({ person, label, check }) => `${person.name}, ${label}, ${ago(check.checkedAt, now)}: ${check.failure}`,
  );
  return found(
    subject,
    "fault",
    sentences.join(" "),
    "Mend it, then send a test from the page, Settings; until then that person's next channel is used.",
  );
}

/** Whether what the person taps and types in the chat comes back to us. */
export function examineChatWebhook(webhook: ChatWebhook, publicUrl: string | null, now: Temporal.Instant): Finding {
  const subject = "chat webhook";
  const anew = `Set it anew: ${finish}`;
  if (webhook.url === "")
    return found(subject, "fault", "Telegram was never told where to deliver; buttons and commands do nothing.", anew);
  if (!isOurs(webhook.url, publicUrl))
    return found(subject, "fault", `Telegram delivers to ${webhook.url}, which is not this installation.`, anew);
  const waiting = webhook.pending === 0 ? "nothing waits" : `${webhook.pending} answers wait`;
  const { lastError } = webhook;
  if (lastError === null) return found(subject, "ok", `Telegram delivers to ${webhook.url}; ${waiting}.`);
  const sentence = `Telegram delivers to ${webhook.url}; ${waiting}; its last error, ${ago(lastError.at, now)}: ${lastError.text}`;
  const recent = Temporal.Duration.compare(now.since(lastError.at), errorIsRecent) < 0;
  if (!recent && webhook.pending === 0) return found(subject, "ok", sentence);
  return found(
    subject,
    "warning",
    sentence,
    /\b40[13]\b/.test(lastError.text)
      ? `The service refuses Telegram's secret. ${anew}`
      : "The service's log at that time says why; Telegram tries again by itself.",
  );
}

/** Telegram may know the public address or Cloud Run's own; the secret decides, not the name. */
function isOurs(address: string, publicUrl: string | null): boolean {
  if (!URL.canParse(address)) return false;
  const { pathname, hostname, origin } = new URL(address);
  const known = hostname.endsWith(".run.app") || (publicUrl !== null && origin === new URL(publicUrl).origin);
  return known && pathname === webhookPath;
}

export async function examineEvents(
  deps: Pick<Dependencies, "outbox" | "publisher" | "clock">,
  place: { readonly hasApiToken: boolean; readonly inCloud: boolean },
): Promise<Finding> {
  const { count, oldestAt } = await deps.outbox.eventBacklog();
  if (count > 0)
    return found(
      "events",
      "fault",
      `${count} ${count === 1 ? "event waits" : "events wait"} for the trading system${oldestAt === null ? "" : `, the oldest made ${ago(oldestAt, deps.clock())}`}.`,
      place.inCloud
        ? "Look for publish failures in the service's log; pulumi up in infra/ restores the topic and the right to publish to it."
        : "Check EVENT_WEBHOOK_URL and its receiver.",
    );
  if (deps.publisher === null && !place.hasApiToken)
    return found(
      "events",
      "warning",
      "No trading system can be told: there is neither a webhook nor an API token.",
      "Set API_TOKEN (openssl rand -base64 32 makes one) or EVENT_WEBHOOK_URL.",
    );
  return found(
    "events",
    "ok",
    deps.publisher === null ? "Read from GET /api/events; no webhook is set." : "All delivered.",
  );
}
