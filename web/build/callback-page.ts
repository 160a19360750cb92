// The callback page is built by itself: shared with the main page, its script would be split and could not be inlined.
import { resolve } from "node:path";
import { build, type Plugin } from "vite";
import { inlinePage } from "./inline-page.ts";

export function callbackPage(): Plugin {
  let root = "";
  return {
    name: "callback-page",
    apply: "build",
    configResolved(config) {
      root = config.root;
    },
    async closeBundle() {
      await build({
        configFile: false,
        root,
        logLevel: "error",
        publicDir: false,
        plugins: [inlinePage()],
        build: {
          target: "es2023",
          cssCodeSplit: false,
          modulePreload: false,
          emptyOutDir: false,
          rolldownOptions: { input: resolve(root, "callback.html") },
        },
      });
    },
  };
}
