// A page beside the main one is built by itself: shared with that, its script would be split and could not be inlined.
import { resolve } from "node:path";
import { build, type Plugin, type ResolvedConfig } from "vite";
import { inlinePage } from "./inline-page.ts";

/** `name`: of the file, for example "callback". */
export function smallPage(name: string): Plugin {
  let config: ResolvedConfig;
  return {
    name: `${name}-page`,
    apply: "build",
    configResolved(resolved) {
      config = resolved;
    },
    closeBundle: {
      // Each writes into the same folder.
      sequential: true,
      async handler() {
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
            rolldownOptions: { input: resolve(config.root, `${name}.html`) },
          },
        });
      },
    },
  };
}
