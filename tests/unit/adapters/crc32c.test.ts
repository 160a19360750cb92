import { expect, it } from "vitest";
import { crc32c } from "../../../server/adapters/crc32c.ts";

const counting = Uint8Array.from({ length: 32 }, (_, index) => index);

// RFC 3720 appendix B.4, and the check value of the CRC catalogue.
it.each([
  ["123456789", Buffer.from("123456789"), 0xe3069283],
  ["32 bytes of zeros", new Uint8Array(32), 0x8a9136aa],
  ["32 bytes of ones", new Uint8Array(32).fill(0xff), 0x62a8ab43],
  ["32 rising bytes", counting, 0x46dd794e],
  ["32 falling bytes", counting.toReversed(), 0x113fdb5c],
  ["nothing", new Uint8Array(), 0],
])("the checksum of %s is the published one", (_what, bytes, expected) => {
  expect(crc32c(bytes)).toBe(expected);
});
