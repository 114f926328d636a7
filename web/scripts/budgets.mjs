// Weighs what a browser loads first, in brotli bytes, from the build's manifest: the shell, and every route with it.
import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { brotliCompressSync, constants } from 'node:zlib'

const dist = resolve(import.meta.dirname, '../dist')
const manifest = JSON.parse(readFileSync(join(dist, '.vite/manifest.json'), 'utf8'))
const kilobyte = 1024
const shellLimit = 130 * kilobyte
const routeLimit = 250 * kilobyte

/** What every page needs beside its own code: one language, and the icons of the navigation. */
const alwaysLoaded = ['src/lib/locales/zh-CN.ts', 'src/ui/object-icons.tsx']
/** What a page shows at once although it is loaded lazily: the board is a route of its own to the user. */
const extra = { 'src/app/pages/list_route.tsx': ['src/records/board/board.tsx'] }

const sizes = new Map()
function size(file) {
  if (!sizes.has(file)) {
    const bytes = readFileSync(join(dist, file))
    const params = { [constants.BROTLI_PARAM_QUALITY]: 9 }
    sizes.set(file, brotliCompressSync(bytes, { params }).length)
  }
  return sizes.get(file)
}

/** The script files of an entry with all it imports statically. */
function scripts(key, seen = new Set()) {
  const chunk = manifest[key]
  if (!chunk) throw new Error(`not in the manifest: ${key}`)
  if (seen.has(chunk.file)) return seen
  seen.add(chunk.file)
  for (const inner of chunk.imports ?? []) scripts(inner, seen)
  return seen
}

const weigh = (files) => [...files].reduce((sum, file) => sum + size(file), 0)
const show = (bytes) => `${(bytes / kilobyte).toFixed(1)} KB`

const shell = scripts('index.html')
const base = new Set(shell)
for (const key of alwaysLoaded) scripts(key, base)
const lines = [
  ['shell (what the page loads before it knows the route)', weigh(shell), shellLimit],
  ['shell with the texts of a language and the icons', weigh(base), routeLimit],
]
for (const key of manifest['index.html'].dynamicImports ?? []) {
  if (!/^src\/(app\/pages|features)\//.test(key)) continue
  const files = new Set(base)
  for (const part of [key, ...(extra[key] ?? [])]) scripts(part, files)
  lines.push([key, weigh(files), routeLimit])
}

let failed = false
for (const [name, bytes, limit] of lines) {
  const over = bytes > limit
  failed ||= over
  console.log(`${over ? 'OVER' : 'ok  '} ${show(bytes).padStart(10)} of ${show(limit)}  ${name}`)
}
process.exit(failed ? 1 : 0)
