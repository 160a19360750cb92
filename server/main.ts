// The entry: keeps compiled code from one start to the next, then starts Prebell.
import { enableCompileCache, flushCompileCache } from "node:module";
import { join } from "node:path";

// Beside the packages and not in the system's temporary folder, where others could lay code for us.
enableCompileCache(join(import.meta.dirname, "../node_modules/.cache/prebell"));
await import("./start.ts");
// Now and not at the end: a process that is killed writes nothing.
flushCompileCache();
