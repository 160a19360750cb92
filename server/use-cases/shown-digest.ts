// What tells whether a standing message still shows what is true.
import type { ChatMessage, Randomness } from "../ports.ts";

export function shownDigest({ random }: { readonly random: Randomness }, message: ChatMessage): string {
  return random.digest(JSON.stringify(message));
}
