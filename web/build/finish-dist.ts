// Last steps on web/dist: the service worker learns what to keep, every text gets its brotli twin, the budget is checked.
import { createHash } from "node:crypto";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { extname, join } from "node:path";
import { brotliCompressSync, constants } from "node:zlib";
import type { Logger, Plugin } from "vite";

/** The first screen has to arrive in the first round trip: ten packets of 1460 bytes, less headers. */
const budgetBytes = 14_000;

const textEndings = new Set([".html", ".js", ".css", ".svg", ".txt", ".webmanifest"]);
const keptOffline = /^(assets\/.*\.js|icon\.svg|icon-192\.png|manifest\.webmanifest)$/;

export function finishDist(): Plugin {
  let dist = "";
  let root = "";
  let logger: Logger | undefined;
  return {
    name: "finish-dist",
    apply: "build",
    configResolved(config) {
      root = config.root;
      dist = join(config.root, config.build.outDir);
      logger = config.logger;
    },
    // After the small pages, which are built in the same hook.
    closeBundle: {
      sequential: true,
      order: "post",
      handler() {
        const files = readdirSync(dist, { recursive: true, encoding: "utf8" }).map((name) =>
          name.replaceAll("\\", "/"),
        );
        writeFileSync(join(dist, "sw.js"), serviceWorker(files));
        for (const name of [...files, "sw.js"].filter((file) => textEndings.has(extname(file)))) {
          const compressed = compress(readFileSync(join(dist, name)));
          writeFileSync(join(dist, `${name}.br`), compressed);
          if (name !== "sw.js") logger?.info(`${name} ${compressed.length} bytes brotli`);
          if (name === "index.html" && compressed.length > budgetBytes)
            this.error(`index.html has ${compressed.length} bytes brotli, the budget is ${budgetBytes}.`);
        }
      },
    },
  };

  function serviceWorker(files: string[]): string {
    const kept = files.filter((name) => keptOffline.test(name)).toSorted();
    // The same files give the same version, so that an unchanged build is no update.
    const build = createHash("sha256");
    for (const name of ["index.html", ...kept]) build.update(readFileSync(join(dist, name)));
    return readFileSync(join(root, "sw.js"), "utf8")
      .replace("__BUILD__", build.digest("hex").slice(0, 12))
      .replace("__FILES__", JSON.stringify(kept.map((name) => `/${name}`)));
  }
}

function compress(text: Buffer): Buffer {
  return brotliCompressSync(text, { params: { [constants.BROTLI_PARAM_SIZE_HINT]: text.length } });
}
