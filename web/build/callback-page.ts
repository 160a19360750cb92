// The callback page is built by itself: shared with the main page, its script would be split and could not be inlined.
import { resolve } from "node:path";
import { build, type Plugin, type ResolvedConfig } from "vite";
import { inlinePage } from "./inline-page.ts";

export function callbackPage(): Plugin {
  let config: ResolvedConfig;
  return {
    name: "callback-page",
    apply: "build",
    configResolved(resolved) {
      config = resolved;
    },
    async closeBundle() {
      await build({
        configFile: false,
        root: config.root,
        logLevel: "error",
        publicDir: false,
        plugins: [inlinePage()],
        build: {
          target: "es2023",
          cssTarget: config.build.cssTarget,
          cssCodeSplit: false,
          modulePreload: false,
          emptyOutDir: false,
          rolldownOptions: { input: resolve(config.root, "callback.html") },
        },
      });
    },
  };
}
