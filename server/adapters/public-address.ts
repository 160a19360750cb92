// Where a name that somebody else chose may lead: to the public internet, never to this machine or the network around it.
import { lookup as resolve } from "node:dns";
import { BlockList, isIP, isIPv6, type LookupFunction } from "node:net";

const notPublic = new BlockList();
// The registries of special-purpose addresses, RFC 6890 and what came after.
for (const [net, bits] of [
  ["0.0.0.0", 8],
  ["10.0.0.0", 8],
  ["100.64.0.0", 10],
  ["127.0.0.0", 8],
  ["169.254.0.0", 16],
  ["172.16.0.0", 12],
  ["192.0.0.0", 24],
  ["192.0.2.0", 24],
  ["192.88.99.0", 24],
  ["192.168.0.0", 16],
  ["198.18.0.0", 15],
  ["198.51.100.0", 24],
  ["203.0.113.0", 24],
  ["224.0.0.0", 3],
] as const)
  notPublic.addSubnet(net, bits, "ipv4");
// Within 2000::/3: protocol assignments (Teredo among them), documentation, and 6to4, which hides an IPv4 address.
for (const [net, bits] of [
  ["2001::", 23],
  ["2001:db8::", 32],
  ["2002::", 16],
  ["3fff::", 20],
] as const)
  notPublic.addSubnet(net, bits, "ipv6");

const globalUnicast = new BlockList();
globalUnicast.addSubnet("2000::", 3, "ipv6");

export function isPublicAddress(address: string): boolean {
  if (!isIPv6(address)) return isIP(address) === 4 && !notPublic.check(address);
  return globalUnicast.check(address, "ipv6") && !notPublic.check(address, "ipv6");
}

/** Resolves a name as usual, and fails if any of its addresses is not public; what it found is what gets connected to. */
export const publicLookup: LookupFunction = (hostname, options, done) => {
  resolve(hostname, { ...options, all: true }, (error, found) => {
    if (error === null && !found.every(({ address }) => isPublicAddress(address)))
      return done(new Error("The name leads to an address that is not public."), []);
    const [first] = found ?? [];
    if (options.all === true) return done(error, found);
    done(error, first?.address ?? "", first?.family);
  });
};
