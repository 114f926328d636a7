// The server under test: one that runs already (GUANXI_URL), or the real binary started on a demo organisation, on SQLite or,
// with E2E_ENGINE=postgres, on a PostgreSQL of its own.
import { type ChildProcess, spawn } from 'node:child_process'
import { resolve } from 'node:path'
import type { TestProject } from 'vitest/node'
import { freePort, startPostgres } from './postgres.ts'

declare module 'vitest' {
  interface ProvidedContext {
    url: string
    email: string
    password: string
  }
}

const binary = process.env.GUANXI_BIN ?? resolve(import.meta.dirname, '../../target/debug/guanxi')

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
  stop: () => Promise<void>
}

/** Where the source of the program under test is said to be. */
const sourceUrl = 'https://example.com/guanxi'

/** Starts `guanxi demo` in a temporary folder, on a port that nobody uses. */
export async function startDemo(...options: string[]): Promise<Server> {
  return startDemoAt(await freePort(), ...options)
}

/** The same on a port that the caller knows beforehand. */
export async function startDemoAt(port: number, ...options: string[]): Promise<Server> {
  const postgres = process.env.E2E_ENGINE === 'postgres' ? await startPostgres() : null
  const listen = `127.0.0.1:${port}`
  const database = postgres ? ['--database-url', postgres.url] : []
  const own = ['--listen', listen, '--source-url', sourceUrl]
  const server = spawn(binary, ['demo', ...own, ...database, ...options], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const ended = new Promise((done) => server.once('exit', done))
  const stop = async () => {
    server.kill('SIGINT')
    await ended
    await postgres?.stop()
  }
  try {
    const account = await signIn(server)
    return { url: `http://${listen}`, ...account, stop }
  } catch (error) {
    await postgres?.stop()
    throw error
  }
}

/** What the organisation holds: the demo company, nothing, or millions of records in a folder that stays. */
function content(): string[] {
  const { E2E_EMPTY, E2E_LARGE } = process.env
  if (E2E_LARGE) return ['--data', E2E_LARGE, '--size', 'l']
  return E2E_EMPTY ? ['--empty'] : []
}

export default async function setup(project: TestProject) {
  const { GUANXI_URL, GUANXI_EMAIL, GUANXI_PASSWORD } = process.env
  if (GUANXI_URL && GUANXI_EMAIL && GUANXI_PASSWORD) {
    project.provide('url', GUANXI_URL)
    project.provide('email', GUANXI_EMAIL)
    project.provide('password', GUANXI_PASSWORD)
    return
  }
  const { url, email, password, stop } = await startDemo(...content())
  project.provide('url', url)
  project.provide('email', email)
  project.provide('password', password)
  return stop
}
