// Lighthouse's marks for desktop: performance and accessibility of the sign-in page, the first page and a list. Prints rows of a table.
// Needs a running server (scripts/with_demo.mjs). Lighthouse comes through npx, so that an installation of the UI does without it.
import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { browserOptions, call, server, table } from './table.mjs'

const run = promisify(execFile)
const version = 'lighthouse@12.8'
const rounds = Number(process.env.ROUNDS ?? 3)
const { url, email, password } = server()
const { atLeast, end } = table()
const { token } = await call(url, 'POST', '/sessions', { email, password })

const pages = [
  ['sign-in', '/sign-in', null],
  ['home', '/', token],
  ['list', '/o/account', token],
]

/** Runs it. On a busy machine it sometimes fails to record, and asks to be run again. */
async function lighthouse(options, attempts = 3) {
  const env = { ...process.env, CHROME_PATH: browserOptions.executablePath }
  try {
    return (await run('npx', ['--yes', version, ...options], { env, maxBuffer: 64 * 1024 * 1024 })).stdout
  } catch (error) {
    if (attempts <= 1) throw new Error(`Lighthouse: ${error.stderr}`)
    return lighthouse(options, attempts - 1)
  }
}

/** The marks of one run, of 100. */
async function marks(path, token) {
  const options = [
    '--preset=desktop',
    '--only-categories=performance,accessibility',
    '--output=json',
    '--quiet',
    `--chrome-flags=--headless=new ${browserOptions.args.join(' ')}`,
    ...(token ? [`--extra-headers=${JSON.stringify({ Authorization: `Bearer ${token}` })}`] : []),
  ]
  const stdout = await lighthouse([url + path, ...options])
  const { categories, audits, finalDisplayedUrl: shown } = JSON.parse(stdout)
  if (new URL(shown).pathname !== path) throw new Error(`${path} led to ${shown}`)
  const failed = categories.accessibility.auditRefs
    .map(({ id }) => audits[id])
    .filter(({ score }) => score === 0)
  for (const { title } of failed) console.error(`${path}: ${title}`)
  return [categories.performance.score * 100, categories.accessibility.score * 100]
}

const median = (values) => values.toSorted((left, right) => left - right)[Math.floor(values.length / 2)]

for (const [name, path, signed] of pages) {
  const all = []
  for (let round = 0; round < rounds; round += 1) all.push(await marks(path, signed))
  atLeast(
    `${name}: Lighthouse ${version.split('@')[1]} desktop, performance`,
    median(all.map(([mark]) => mark)),
    95,
    '',
  )
  atLeast(
    `${name}: Lighthouse ${version.split('@')[1]} desktop, accessibility`,
    median(all.map(([, mark]) => mark)),
    100,
    '',
  )
}
end()
