// Starts a demo organisation on the binary in GUANXI_BIN, runs the given scripts against it, one after the other, and ends it. They find
// the server in GUANXI_URL, GUANXI_EMAIL, GUANXI_PASSWORD and SERVER_PID. Fails if one of them fails.
import { spawn } from 'node:child_process'
import { createServer } from 'node:net'

const { GUANXI_BIN: binary } = process.env
if (!binary) throw new Error('set GUANXI_BIN')

const port = await new Promise((done) => {
  const probe = createServer().listen(0, '127.0.0.1', () => {
    const free = probe.address().port
    probe.close(() => done(free))
  })
})
const server = spawn(binary, ['demo', '--listen', `127.0.0.1:${port}`], {
  stdio: ['ignore', 'pipe', 'inherit'],
})
const account = await new Promise((done, fail) => {
  let text = ''
  server.once('exit', (code) => fail(new Error(`the server ended with ${code}: ${text}`)))
  server.stdout.on('data', (data) => {
    text += data
    const email = /E-mail\s+(\S+)/.exec(text)?.[1]
    const password = /Password\s+(\S+)/.exec(text)?.[1]
    if (email && password && text.includes('Ctrl-C')) done({ email, password })
  })
})
const env = {
  ...process.env,
  GUANXI_URL: `http://127.0.0.1:${port}`,
  GUANXI_EMAIL: account.email,
  GUANXI_PASSWORD: account.password,
  SERVER_PID: String(server.pid),
}

let failed = false
for (const script of process.argv.slice(2)) {
  console.log(`\n${script}`)
  const run = spawn(process.execPath, [script], { stdio: 'inherit', env })
  const code = await new Promise((done) => run.once('exit', done))
  failed ||= code !== 0
}
server.kill('SIGINT')
await new Promise((done) => server.once('exit', done))
process.exit(failed ? 1 : 0)
