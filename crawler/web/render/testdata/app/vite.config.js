export default { esbuild: { jsx: "automatic" }, build: { outDir: process.env.OUT_DIR, emptyOutDir: true } };
