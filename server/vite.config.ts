// Bundles the server for the image: one small entry, the heavy clients in chunks of their own, no node_modules.
import { join } from "node:path";
import { defineConfig } from "vite";

export default defineConfig({
  root: import.meta.dirname,
  ssr: { noExternal: true, target: "node" },
  build: {
    ssr: true,
    target: "esnext",
    // Beside web/, as server/ is: both find the built page at ../web/dist.
    outDir: join(import.meta.dirname, "../dist"),
    emptyOutDir: true,
    sourcemap: true,
    minify: true,
    rolldownOptions: {
      input: { main: join(import.meta.dirname, "cloud.ts") },
      output: {
        entryFileNames: "[name].js",
        chunkFileNames: "[name]-[hash].js",
        // google-gax joins a path to it at load, without ever reading there.
        banner: "const __dirname = import.meta.dirname, __filename = import.meta.filename;",
      },
    },
  },
});
