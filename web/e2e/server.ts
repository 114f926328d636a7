// The server under test: one that runs already (GUANXI_URL), or the real binary started on a demo organisation.
import { type ChildProcess, spawn } from 'node:child_process'
import { createServer } from 'node:net'
import { resolve } from 'node:path'
import type { TestProject } from 'vitest/node'

declare module 'vitest' {
  interface ProvidedContext {
    url: string
    email: string
    password: string
  }
}

const binary = process.env.GUANXI_BIN ?? resolve(import.meta.dirname, '../../target/debug/guanxi')

function freePort(): Promise<number> {
  return new Promise((found) => {
    const probe = createServer().listen(0, '127.0.0.1', () => {
      const address = probe.address()
      probe.close(() => found(typeof address === 'object' && address ? address.port : 8081))
    })
  })
}

/** Reads what the demo prints until it has said how to sign in. */
function signIn(server: ChildProcess): Promise<{ email: string; password: string }> {
  return new Promise((done, fail) => {
    let text = ''
    server.stdout?.on('data', (data: Buffer) => {
      text += data.toString()
      const email = /E-mail\s+(\S+)/.exec(text)?.[1]
      const password = /Password\s+(\S+)/.exec(text)?.[1]
      if (email && password && text.includes('Ctrl-C')) done({ email, password })
    })
    server.once('exit', (code) => fail(new Error(`the server ended with ${code}: ${text}`)))
    server.once('error', fail)
  })
}

export interface Server {
  url: string
  email: string
  password: string
  stop: () => void
}

/** Starts `guanxi demo` in a temporary folder, on a port that nobody uses. */
export async function startDemo(...options: string[]): Promise<Server> {
  const listen = `127.0.0.1:${await freePort()}`
  const server = spawn(binary, ['demo', '--listen', listen, ...options], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const account = await signIn(server)
  return { url: `http://${listen}`, ...account, stop: () => server.kill('SIGINT') }
}

export default async function setup(project: TestProject) {
  const { GUANXI_URL, GUANXI_EMAIL, GUANXI_PASSWORD } = process.env
  if (GUANXI_URL && GUANXI_EMAIL && GUANXI_PASSWORD) {
    project.provide('url', GUANXI_URL)
    project.provide('email', GUANXI_EMAIL)
    project.provide('password', GUANXI_PASSWORD)
    return
  }
  const { url, email, password, stop } = await startDemo()
  project.provide('url', url)
  project.provide('email', email)
  project.provide('password', password)
  return stop
}
