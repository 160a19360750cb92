// The entry of the `prebell` command: keeps compiled code from one call to the next, as server/main.ts does.
import { enableCompileCache } from "node:module";
import { join } from "node:path";

enableCompileCache(join(import.meta.dirname, "../../node_modules/.cache/prebell"));
await import("./prebell.ts");
