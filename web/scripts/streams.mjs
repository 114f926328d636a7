// Measures live updates with many open streams: how long a change takes to reach all of them, and what they cost in memory. Needs a
// running server whose process id is given (SERVER_PID), with GUANXI_URL, GUANXI_EMAIL and GUANXI_PASSWORD of an administrator.
// A user may hold 16 streams: users sales1@demo.example … with the demo's password must be there in number. Memory is private memory.
import { readFileSync } from 'node:fs'
import { Agent, request } from 'node:http'

const { GUANXI_URL: url, GUANXI_EMAIL: email, GUANXI_PASSWORD: password, SERVER_PID: pid } = process.env
if (!url || !email || !password || !pid) {
  throw new Error('set GUANXI_URL, GUANXI_EMAIL, GUANXI_PASSWORD and SERVER_PID')
}
const timed = Number(process.env.STREAMS ?? 200)
const most = Number(process.env.MOST ?? 500)
const perUser = 10
const agent = new Agent({ maxSockets: Number.POSITIVE_INFINITY })

async function api(method, path, body, token) {
  const answer = await fetch(`${url}/api/v1${path}`, {
    method,
    headers: { 'Content-Type': 'application/json', ...(token ? { Authorization: `Bearer ${token}` } : {}) },
    body: body && JSON.stringify(body),
  })
  const text = await answer.text()
  if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text}`)
  return text ? JSON.parse(text) : null
}
const tokenOf = async (address, secret) =>
  (await api('POST', '/sessions', { email: address, password: secret })).token

/** Private memory of the server in megabytes. */
function memory() {
  const field = (name) =>
    Number(new RegExp(`${name}:\\s+(\\d+)`).exec(readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8'))?.[1] ?? 0)
  return (field('Private_Clean') + field('Private_Dirty')) / 1024
}

const streams = []

/** Opens a stream; `seen` is when it heard of a record. */
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

/** All streams are held by one administrator's and the demo's own users: sessions are what a stream needs. */
async function tokens(count) {
  const addresses = [[email, password]]
  for (const role of ['sales', 'manager', 'service', 'marketing']) {
    for (let number = 1; number <= 20; number += 1)
      addresses.push([`${role}${number}@demo.example`, 'guanxi-demo'])
  }
  const found = []
  for (const [address, secret] of addresses) {
    if (found.length * perUser >= count) break
    const token = await tokenOf(address, secret).catch(() => null)
    if (token) found.push(token)
  }
  return found
}

const admin = await tokenOf(email, password)
const held = await tokens(most)
const places = held.flatMap((token) => Array.from({ length: 16 }, () => token)).slice(0, most)
if (places.length < most) throw new Error(`only ${places.length} streams: too few users for ${most}`)
console.log(`only ${places.length} streams: the server has too few users for ${most}`)
await new Promise((done) => setTimeout(done, 2_000))
const before = memory()

for (const token of places.slice(0, timed)) await open(token)
const delays = []
for (let round = 0; round < 10; round += 1) {
  const { id } = await api('POST', '/records/account', { name: `实时 ${round} ${Date.now()}` }, admin)
  const committed = performance.now()
  await new Promise((done) => setTimeout(done, 2_500))
  const heard = streams.map((stream) => stream.heard.get(id)).filter((at) => at !== undefined)
  delays.push({ all: heard.length, slowest: Math.max(...heard) - committed })
}
const reached = Math.min(...delays.map((delay) => delay.all))
const slowest = Math.max(...delays.map((delay) => delay.slowest))
console.log(
  `${streams.length} streams: a change reaches ${reached} of them, the last after at most ${Math.round(slowest)} ms`,
)

for (const token of places.slice(timed)) await open(token)
await new Promise((done) => setTimeout(done, 2_000))
const grown = memory() - before
console.log(`${streams.length} streams: ${grown.toFixed(1)} MB more private memory`)
for (const stream of streams) stream.close()
agent.destroy()
process.exit(slowest > 2_000 || grown > 50 || reached < 1 ? 1 : 0)
