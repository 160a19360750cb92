// What is said when a device gives no passkey. Apart, because it comes with the part that asks for one.

/** `address`: the same page under a name that passkeys can be made for; null where there is none. */
export function ceremonyTrouble(fault: string, address: string | null): string {
  switch (fault) {
    case "unsupported":
      return "This browser can’t use passkeys. Open this page in a current browser, or sign in with a one-time link.";
    case "SecurityError":
      return address === null
        ? "Passkeys don’t work at this address: they belong to the one that Prebell is set up for."
        : `Passkeys need a name in the address, not a number. Open ${address} instead.`;
    case "NotAllowedError":
      return "No passkey was used: it was cancelled, it took too long, or this device has none for this page.";
    case "InvalidStateError":
      return "This device has a passkey for this page already.";
    default:
      return "The passkey did not work on this device. Try again, or sign in with a one-time link.";
  }
}
