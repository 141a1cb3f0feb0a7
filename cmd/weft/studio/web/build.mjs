// Bundles the page into ../assets. The same sources and package-lock.json give the same bytes.
import { build } from 'esbuild'
import { copyFileSync, mkdirSync } from 'node:fs'

const out = process.argv[2] ?? '../assets'
mkdirSync(out, { recursive: true })
await build({
  entryPoints: { studio: 'src/main.jsx' },
  outdir: out,
  bundle: true,
  minify: true,
  format: 'esm',
  target: 'es2022',
  jsx: 'automatic',
  jsxImportSource: 'preact',
  legalComments: 'eof',
  charset: 'utf8',
})
copyFileSync('src/index.html', `${out}/index.html`)
