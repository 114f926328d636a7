// Starts a demo organisation on the binary in GUANXI_BIN, runs the given scripts against it, one after the other, and ends it. They find
// the server in GUANXI_URL, GUANXI_EMAIL, GUANXI_PASSWORD and SERVER_PID. DATA is a folder with an organisation that stays, SIZE the size
// of a new one, USERS how many more people can sign in: user1@demo.example and so on, with USERS_PASSWORD. Fails if a script fails.
import { spawn, spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const { GUANXI_BIN: binary, DATA: kept, SIZE: size } = process.env
if (!binary) throw new Error('set GUANXI_BIN')
const users = Number(process.env.USERS ?? 0)
const folder = kept ?? mkdtempSync(join(tmpdir(), 'guanxi-web-'))
const password = crypto.randomUUID()

const port = await new Promise((done) => {
  const probe = createServer().listen(0, '127.0.0.1', () => {
    const free = probe.address().port
    probe.close(() => done(free))
  })
})

/** Starts the server and waits until it serves; gives it and the administrator's address. */
async function start() {
  const sized = size ? ['--size', size] : []
  const options = ['--data', folder, '--password', password, '--listen', `127.0.0.1:${port}`, ...sized]
  const server = spawn(binary, ['demo', ...options], { stdio: ['ignore', 'pipe', 'inherit'] })
  const email = await new Promise((done, fail) => {
    let text = ''
    server.once('exit', (code) => fail(new Error(`the server ended with ${code}: ${text}`)))
    server.stdout.on('data', (data) => {
      text += data
      const address = /E-mail\s+(\S+)/.exec(text)?.[1]
      if (address && text.includes('Ctrl-C')) done(address)
    })
  })
  return { server, email }
}

async function stop(server) {
  server.kill('SIGINT')
  await new Promise((done) => server.once('exit', done))
}

/** People with a password of their own; those of an earlier run stay. */
function addUsers() {
  for (let number = 1; number <= users; number += 1) {
    const address = `user${number}@demo.example`
    const options = ['--data', folder, '--password', password, address]
    const added = spawnSync(binary, ['user', 'add', '--name', `用户 ${number}`, ...options])
    if (added.status !== 0 && spawnSync(binary, ['user', 'set-password', ...options]).status !== 0)
      throw new Error(`cannot add ${address}: ${added.stderr}`)
  }
}

let failed = false
try {
  let running = await start()
  if (users > 0) {
    await stop(running.server)
    addUsers()
    running = await start()
  }
  const env = {
    ...process.env,
    GUANXI_URL: `http://127.0.0.1:${port}`,
    GUANXI_EMAIL: running.email,
    GUANXI_PASSWORD: password,
    SERVER_PID: String(running.server.pid),
    USERS_PASSWORD: password,
  }
  for (const [index, script] of process.argv.slice(2).entries()) {
    const head = index === 0 ? { TABLE_HEAD: '1' } : {}
    const run = spawn(process.execPath, [script], { stdio: 'inherit', env: { ...env, ...head } })
    const code = await new Promise((done) => run.once('exit', done))
    failed ||= code !== 0
  }
  await stop(running.server)
} finally {
  if (!kept) rmSync(folder, { recursive: true, force: true })
}
process.exit(failed ? 1 : 0)
