import preact from "@preact/preset-vite";
import { defineConfig } from "vite";
import { finishDist } from "./build/finish-dist.ts";
import { inlinePage } from "./build/inline-page.ts";
import { smallPage } from "./build/small-page.ts";

export default defineConfig(({ command }) => ({
  // Found from anywhere: `vite build web` and `vite web` both start at the top of the repository.
  root: import.meta.dirname,
  // A build is a build, even one that a test started with NODE_ENV=test: no debugging aids in it.
  plugins: [
    preact({ devToolsEnabled: command === "serve" }),
    inlinePage(),
    smallPage("callback"),
    smallPage("mini"),
    finishDist(),
  ],
  build: {
    target: "es2023",
    cssTarget: ["chrome123", "safari17.5", "firefox120"],
    cssCodeSplit: false,
    // One lazy file that is asked for at once: preloading it by script would only add bytes.
    modulePreload: false,
    reportCompressedSize: false,
    emptyOutDir: true,
  },
  // `npm run dev` serves the API; `vite web` beside it serves the page with hot reload.
  server: {
    proxy: {
      "/status": "http://127.0.0.1:8080",
      "/api": "http://127.0.0.1:8080",
      "/keepalive": "http://127.0.0.1:8080",
    },
  },
}));
