// Holds the order of the folders: a file may import from folders to the left of its own, and from its own.
import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'

const src = resolve(import.meta.dirname, '../src')
const allowed = {
  lib: [],
  api: ['lib'],
  ui: ['lib'],
  fields: ['lib', 'api', 'ui'],
  records: ['lib', 'api', 'ui', 'fields'],
  features: ['lib', 'api', 'ui', 'fields', 'records'],
  app: ['lib', 'api', 'ui', 'fields', 'records', 'features'],
}
/** Primitives know no router, no query library and no form library. */
const bannedInUi = /^@tanstack\/react-(router|query)|^antd|^openapi/

const problems = []
for (const file of readdirSync(src, { recursive: true }).map(String)) {
  if (!/\.tsx?$/.test(file)) continue
  const [folder] = file.split('/')
  const text = readFileSync(join(src, file), 'utf8')
  for (const [, name] of text.matchAll(/(?:from|import)\s*\(?\s*'([^']+)'/g)) {
    if (folder === 'ui' && bannedInUi.test(name)) problems.push(`${file}: ui must not know ${name}`)
    if (!name.startsWith('.')) continue
    const [target] = relative(src, resolve(src, dirname(file), name)).split('/')
    if (target !== folder && !allowed[folder]?.includes(target))
      problems.push(`${file}: ${folder} must not import ${target}`)
  }
  if (/\bfetch\(/.test(text.replace(/refetch\(|prefetch\(/g, '')))
    problems.push(`${file}: no hand-written fetch`)
}
if (problems.length > 0) {
  console.error(problems.join('\n'))
  process.exit(1)
}
