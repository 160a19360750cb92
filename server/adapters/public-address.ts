// Where a name may lead. One that somebody else chose: to the public internet, never to this machine or the network around
// it. The operator's own: anywhere but to the places where clouds hand out credentials.
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

const credentials = new BlockList();
credentials.addSubnet("169.254.0.0", 16, "ipv4");
credentials.addSubnet("fe80::", 10, "ipv6");
credentials.addAddress("fd00:ec2::254", "ipv6");
credentials.addAddress("100.100.100.200", "ipv4");

/** False for link-local addresses and the metadata servers of clouds, also where IPv6 hides them. */
export function isNoMetadataServer(address: string): boolean {
  if (!isIPv6(address)) return !credentials.check(address);
  const hidden = /^::(?:ffff:)?(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1];
  return !credentials.check(address, "ipv6") && (hidden === undefined || !credentials.check(hidden));
}

/** Resolves a name as usual, and fails if any of its addresses is not public; what it found is what gets connected to. */
export const publicLookup = lookupWhere(isPublicAddress, "The name leads to an address that is not public.");

/** The same for the operator's own names. */
export const operatorLookup = lookupWhere(isNoMetadataServer, "The name leads to a metadata server.");

function lookupWhere(isAllowed: (address: string) => boolean, fault: string): LookupFunction {
  return (hostname, options, done) => {
    resolve(hostname, { ...options, all: true }, (error, found) => {
      if (error === null && !found.every(({ address }) => isAllowed(address))) return done(new Error(fault), []);
      const [first] = found ?? [];
      if (options.all === true) return done(error, found);
      done(error, first?.address ?? "", first?.family);
    });
  };
}
