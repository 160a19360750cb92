// Puts a page's script and style into its HTML: one answer of the server is the whole first screen, and its CSP can name
// both by their hash.
import type { Plugin, Rolldown } from "vite";

type Bundle = Rolldown.OutputBundle;

/** How the inlined module, which has no address of its own, hands its exports to files loaded later. */
const shared = "globalThis.prebell";

export function inlinePage(): Plugin {
  return {
    name: "inline-page",
    apply: "build",
    enforce: "post",
    load: {
      order: "pre",
      filter: { id: /vite\/preload-helper/ },
      // Vite's own helper fetches styles and preloads of lazy files; ours bring their styles along and have no others.
      handler: () => "export const __vitePreload = (load) => load();",
    },
    generateBundle(_options, bundle) {
      const page = Object.values(bundle).find(({ fileName }) => fileName.endsWith(".html"));
      const entry = Object.values(bundle).find((file) => file.type === "chunk" && file.isEntry);
      if (page?.type !== "asset" || entry?.type !== "chunk")
        return this.error("There has to be one page with one script.");

      const script = shareExports(entry.code, entry.fileName).replaceAll("</script", "<\\/script");
      let html = String(page.source).replace(/\s*<script type="module"[^>]*><\/script>/, "");
      html = html.replace(/\s*<link rel="(stylesheet|modulepreload)"[^>]*>/g, "");
      // A replacement as text would read "$&" in the code as a command.
      const style = `<style>${takeStyles(bundle)}</style>`;
      html = html.replace("</head>", () => `${style}${preloads(entry)}</head>`);
      html = html.replace("</body>", () => `<script type="module">${script}</script></body>`);
      page.source = html.replaceAll(/>\s+</g, "><");

      for (const file of Object.values(bundle))
        if (file.type === "chunk" && file !== entry) file.code = takeShared(file.code, entry.fileName);
      delete bundle[entry.fileName];
    },
  };
}

/** Parts that the page does not ask for by itself. */
const askedForByTap = /\/passkey-/;

/** What this page asks for by itself is asked for while it is still being read; what a tap asks for is not. */
function preloads(entry: Rolldown.OutputChunk): string {
  const early = entry.dynamicImports.filter((fileName) => !askedForByTap.test(fileName));
  return early.map((fileName) => `<link rel="modulepreload" href="/${fileName}">`).join("");
}

function takeStyles(bundle: Bundle): string {
  const styles = Object.values(bundle).filter(({ fileName }) => fileName.endsWith(".css"));
  for (const { fileName } of styles) delete bundle[fileName];
  return styles.map((file) => (file.type === "asset" ? String(file.source).trim() : "")).join("");
}

/** `export{a as b}` at the end of the entry becomes an object that later files find. */
function shareExports(code: string, fileName: string): string {
  const list = /export\s*\{([^}]*)\};?\s*$/;
  const shares = code.replace(
    list,
    (_match, names: string) => `${shared}={${pairs(names, (own, out) => `${out}:${own}`)}};`,
  );
  if (/\bexport\s*[{*]/.test(shares)) throw new Error(`${fileName}: an export is left that nothing could import.`);
  // Relative to the page, which is always at the root.
  return shares
    .replaceAll(/,\s*__VITE_PRELOAD__/g, "")
    .replaceAll(/import\((["'`])\.\//g, "import($1/assets/")
    .trim();
}

/** `import{b as c}from"./entry.js"` becomes a look into that object. */
function takeShared(code: string, entry: string): string {
  const name = entry.slice(entry.lastIndexOf("/") + 1).replaceAll(".", "\\.");
  const list = new RegExp(`import\\s*\\{([^}]*)\\}\\s*from\\s*["'\`]\\./${name}["'\`];?`, "g");
  const taken = code.replace(
    list,
    (_match, names: string) => `const{${pairs(names, (out, own) => `${out}:${own}`)}}=${shared};`,
  );
  if (taken.includes(entry.slice(entry.lastIndexOf("/") + 1)))
    throw new Error(`A file still imports ${entry}, which is inlined.`);
  return taken;
}

function pairs(names: string, write: (left: string, right: string) => string): string {
  return names
    .split(",")
    .filter((name) => name.trim() !== "")
    .map((name) => {
      const [left = "", right = left] = name.trim().split(/\s+as\s+/);
      return write(left, right);
    })
    .join(",");
}
