// Measures live updates with many open streams: how long a change takes to reach all of them, how long until the page of another browser
// shows it, and what the streams cost in memory. Prints rows of a table. Needs a running server, and USERS people who can sign in
// (scripts/with_demo.mjs): a user may hold 16 streams. Memory is the server's private memory.
import { readFileSync } from 'node:fs'
import { Agent, request } from 'node:http'
import { chromium } from 'playwright-core'
import { browserOptions, call, server, signedIn, table } from './table.mjs'

const { url, email, password } = server()
const { SERVER_PID: pid, USERS: users, USERS_PASSWORD: secret } = process.env
if (!pid || !users || !secret) throw new Error('set SERVER_PID, USERS and USERS_PASSWORD')
const timed = Number(process.env.STREAMS ?? 200)
const most = Number(process.env.MOST ?? 500)
const perUser = 16
const rounds = 10
const agent = new Agent({ maxSockets: Number.POSITIVE_INFINITY })
const { line, atLeast, end } = table()

const api = (method, path, body, token) => call(url, method, path, body, token)
const pause = (ms) => new Promise((done) => setTimeout(done, ms))

/** Private memory of the server in megabytes. */
function memory() {
  const field = (name) =>
    Number(new RegExp(`${name}:\\s+(\\d+)`).exec(readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8'))?.[1] ?? 0)
  return (field('Private_Clean') + field('Private_Dirty')) / 1024
}

const streams = []

/** Opens a stream; `heard` is when it heard of a record. */
function open(token) {
  return new Promise((done, fail) => {
    const sent = request(
      `${url}/api/v1/events`,
      { agent, headers: { Authorization: `Bearer ${token}` } },
      (answer) => {
        if (answer.statusCode !== 200) return fail(new Error(`events: ${answer.statusCode}`))
        const stream = { heard: new Map(), close: () => sent.destroy() }
        let text = ''
        answer.setEncoding('utf8')
        answer.on('data', (piece) => {
          text += piece
          for (const [, id] of text.matchAll(/"id":"([^"]+)"/g)) {
            if (!stream.heard.has(id)) stream.heard.set(id, performance.now())
          }
          text = text.slice(text.lastIndexOf('\n\n') + 2)
        })
        answer.on('error', () => {})
        streams.push(stream)
        done(stream)
      },
    )
    sent.on('error', fail)
    sent.end()
  })
}

/** A change of a record until all streams have heard of it. */
async function toStreams(admin) {
  const delays = []
  let reached = streams.length
  for (let round = 0; round < rounds; round += 1) {
    const { id } = await api('POST', '/records/account', { name: `实时 ${round} ${Date.now()}` }, admin)
    const committed = performance.now()
    const heard = () => streams.map((stream) => stream.heard.get(id)).filter((at) => at !== undefined)
    while (heard().length < streams.length && performance.now() - committed < 5_000) await pause(20)
    reached = Math.min(reached, heard().length)
    delays.push(Math.max(...heard()) - committed)
  }
  atLeast(`a change reaches ${streams.length} open streams`, reached, streams.length, 'streams')
  line(`… the last of them after at most, ${rounds} changes`, Math.max(...delays), 2_000, 'ms')
}

/** A change of a record until another browser, which shows it, has the new name on the screen. */
async function toBrowser(admin) {
  const { id } = await api('POST', '/records/account', { name: '实时 0' }, admin)
  const browser = await chromium.launch(browserOptions)
  const page = await (await signedIn(browser, { url, email, password })).newPage()
  await page.goto(`/o/account/${id}`)
  await page.getByRole('heading', { level: 1, name: '实时 0' }).waitFor()
  await pause(1_000)
  const delays = []
  for (let round = 1; round <= rounds; round += 1) {
    const name = `实时 ${round} 次`
    const shown = page.waitForFunction(
      (name) => document.querySelector('main h1')?.textContent?.includes(name),
      name,
      { polling: 10, timeout: 10_000 },
    )
    await api('PATCH', `/records/account/${id}`, { name }, admin)
    const committed = performance.now()
    await shown
    delays.push(performance.now() - committed)
    await pause(300)
  }
  await browser.close()
  line(
    `from a change to the page of another browser, ${streams.length} streams open, at most`,
    Math.max(...delays),
    2_000,
    'ms',
  )
}

const admin = (await api('POST', '/sessions', { email, password })).token
const places = []
for (let number = 1; number <= Number(users) && places.length < most; number += 1) {
  const body = { email: `user${number}@demo.example`, password: secret }
  const { token } = await api('POST', '/sessions', body)
  places.push(...Array.from({ length: perUser }, () => token))
}
if (places.length < most)
  throw new Error(`${most} streams need ${Math.ceil(most / perUser)} users, there are ${users}`)
// The search index gives its writer's memory back after a while without changes.
await pause(20_000)
const before = memory()
for (const token of places.slice(0, most)) await open(token)
await pause(2_000)
line(`more private memory with ${streams.length} open streams`, memory() - before, 50, 'MB')
await toStreams(admin)
for (const stream of streams.splice(timed)) stream.close()
await pause(500)
await toStreams(admin)
await toBrowser(admin)
for (const stream of streams) stream.close()
agent.destroy()
end()
