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
  const { stdout } = await run('npx', ['--yes', version, url + path, ...options], {
    env: { ...process.env, CHROME_PATH: browserOptions.executablePath },
    maxBuffer: 64 * 1024 * 1024,
  })
  const { categories, audits } = JSON.parse(stdout)
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
