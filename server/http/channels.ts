// Where one is reached oneself: the channels in their order, more of them, a test through one, and how patient they are.
import { type Context, Hono } from "hono";
import { z } from "zod";
import { reminderSlots } from "../domain/planner.ts";
import { maxOwnChannels, type Person } from "../domain/person.ts";
import { addChannel } from "../use-cases/add-channel.ts";
import type { Dependencies } from "../use-cases/dependencies.ts";
import { orderChannels } from "../use-cases/order-channels.ts";
import { removeChannel } from "../use-cases/remove-channel.ts";
import { testChannel } from "../use-cases/test-channel.ts";
import { allowPerson, allowProven, personOf, type ProofSettings } from "./allow.ts";
import type { Env } from "./caller.ts";
import { channelsReply, checkView } from "./channel-views.ts";
import type { AddedChannelReply, ChannelCheckView, ChannelOffers, ChannelsReply, PushKeyReply } from "./contract.ts";
import { problem } from "./problem.ts";
import { readBody } from "./request-body.ts";

export interface ChannelRouteSettings extends ProofSettings {
  /** What browsers subscribe with; null where Web Push is not set up. */
  readonly webPushKey: string | null;
  readonly channelOffers: ChannelOffers;
}

/** What each kind needs is checked by the domain, with a sentence for the person. */
const addBody = z.looseObject({ kind: z.string() });

const orderBody = z.object({
  ids: z.array(z.string().max(100)).max(50).optional(),
  nextChannelAfterSeconds: z.int().min(15).max(600).optional(),
  escalateAtMinutes: z.literal([...reminderSlots]).optional(),
  allSet: z.boolean().optional(),
});

/** As many messages as are looked through for what became of them. */
const newestMessages = 50;

export function channelRoutes(deps: Dependencies, settings: ChannelRouteSettings): Hono<Env> {
  const proven = allowProven(deps, settings);
  const all = async (c: Context<Env>, person: Person): Promise<ChannelsReply> => {
    const messages = (await c.var.deps.outbox.messages(newestMessages)).filter(({ to }) => to === person.id);
    return channelsReply(person, c.var.deps.configuredChannels, messages, settings.channelOffers);
  };

  return new Hono<Env>()
    .use(allowPerson())
    .get("/", async (c) => c.json<ChannelsReply>(await all(c, personOf(c).person)))
    .get("/push-key", (c) => c.json<PushKeyReply>({ key: settings.webPushKey }))
    .post("/", proven, async (c) => {
      const body = await readBody(c, addBody);
      if (body instanceof Response) return body;
      const result = await addChannel(c.var.deps, personOf(c).person.id, body);
      switch (result.outcome) {
        case "added": {
          const reply = await all(c, result.person);
          return c.json<AddedChannelReply>({ ...reply, added: result.channel.id }, 201);
        }
        case "malformed":
          return problem(c, 422, "channel-malformed", result.sentence);
        case "unreachable":
          return problem(c, 422, "channel-unreachable", `${result.sentence} Nothing was added.`);
        case "too-many":
          return problem(c, 409, "too-many-channels", `You have ${maxOwnChannels} channels. Remove one first.`);
      }
    })
    .post("/order", async (c) => {
      const body = await readBody(c, orderBody);
      if (body instanceof Response) return body;
      const { ids, ...wishes } = body;
      const result = await orderChannels(c.var.deps, personOf(c).person.id, { ...wishes, order: ids });
      return result.outcome === "unknown"
        ? problem(c, 422, "unknown-channel", "The order names a channel you don't have, or one twice. Load it anew.")
        : c.json<ChannelsReply>(await all(c, result.person));
    })
    .delete("/:id", proven, async (c) => {
      const result = await removeChannel(c.var.deps, personOf(c).person.id, c.req.param("id"));
      switch (result.outcome) {
        case "removed":
          return c.json<ChannelsReply>(await all(c, result.person));
        case "unknown":
          return unknown(c);
        case "not-own":
          return problem(
            c,
            409,
            "channel-configured",
            "This channel comes from the configuration or is the chat with the bot; it ends there.",
          );
      }
    })
    .post("/:id/test", async (c) => {
      const result = await testChannel(c.var.deps, personOf(c).person.id, c.req.param("id"));
      switch (result.outcome) {
        case "tested":
          return c.json<ChannelCheckView>(checkView(result.check));
        case "unknown":
          return unknown(c);
        case "too-many":
          c.header("Retry-After", String(result.retryAfterSeconds));
          return problem(
            c,
            429,
            "too-many-tests",
            `That were enough tests for now. The next one is possible in ${Math.ceil(result.retryAfterSeconds / 60)} min.`,
          );
      }
    });
}

function unknown(c: Context): Response {
  return problem(c, 404, "unknown-channel", "You have no such channel. It may have been removed meanwhile.");
}
