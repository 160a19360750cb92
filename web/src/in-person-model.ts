// Some things only the person themselves may do. The server says so; then the passkey is asked for, or a first one added, and
// what was tapped is repeated by itself.
import { inPerson } from "./api.ts";

export function proveWhenAsked(): void {
  inPerson.prove = async (code) => {
    const ceremony = await import("./passkey-ceremony.ts");
    return code === "passkey-needed" ? ceremony.add() : ceremony.prove();
  };
}
