// A PostgreSQL server for one test server, out of the machine's server programs: on a port of its own, in a temporary folder,
// with nothing safely on disk. PostgreSQL refuses to run as root, so that root starts it as another user.
import { execFileSync, spawn } from 'node:child_process'
import { chownSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'

export interface Postgres {
  url: string
  stop: () => Promise<void>
}

export function freePort(): Promise<number> {
  return new Promise((found) => {
    const probe = createServer().listen(0, '127.0.0.1', () => {
      const address = probe.address()
      probe.close(() => found(typeof address === 'object' && address ? address.port : 8081))
    })
  })
}

/** The folder with the newest server's programs. */
function programs(): string {
  const installed = '/usr/lib/postgresql'
  const versions = existsSync(installed) ? readdirSync(installed) : []
  const folders = [
    ...versions.sort((a, b) => Number(b) - Number(a)).map((version) => join(installed, version, 'bin')),
    ...(process.env.PATH ?? '').split(delimiter),
  ]
  const folder = folders.find((path) => ['initdb', 'postgres'].every((name) => existsSync(join(path, name))))
  if (!folder) throw new Error('E2E_ENGINE=postgres: there are no PostgreSQL server programs on this machine')
  return folder
}

/** Who runs the server: whoever runs the tests, unless that is root. */
function account(): { uid?: number; gid?: number } {
  if (process.getuid?.() !== 0) return {}
  const id = (option: string, name: string) =>
    Number(execFileSync('id', [option, name], { stdio: ['ignore', 'pipe', 'ignore'] }))
  for (const name of ['postgres', 'nobody']) {
    try {
      return { uid: id('-u', name), gid: id('-g', name) }
    } catch {
      // The next one, then.
    }
  }
  throw new Error('E2E_ENGINE=postgres: no user but root to run PostgreSQL as')
}

export async function startPostgres(): Promise<Postgres> {
  const bin = programs()
  const user = account()
  const folder = mkdtempSync(join(tmpdir(), 'guanxi-e2e-postgres-'))
  if (user.uid !== undefined && user.gid !== undefined) chownSync(folder, user.uid, user.gid)
  const options = { ...user, cwd: folder }
  const data = join(folder, 'data')
  const make = ['--auth=trust', '--username=guanxi', '--encoding=UTF8', '--locale=C', '--no-sync', '-D', data]
  execFileSync(join(bin, 'initdb'), make, { ...options, stdio: ['ignore', 'ignore', 'inherit'] })
  const port = await freePort()
  const settings = ['listen_addresses=127.0.0.1', `unix_socket_directories=${folder}`, 'full_page_writes=off']
  const server = spawn(
    join(bin, 'postgres'),
    ['-D', data, '-F', '-p', String(port), ...settings.flatMap((setting) => ['-c', setting])],
    { ...options, stdio: ['ignore', 'ignore', 'pipe'] },
  )
  let log = ''
  const ended = new Promise<void>((done) => server.once('exit', () => done()))
  await new Promise<void>((ready, fail) => {
    server.stderr.on('data', (text: Buffer) => {
      log += text.toString()
      if (log.includes('ready to accept connections')) ready()
    })
    server.once('error', fail)
    void ended.then(() => fail(new Error(`PostgreSQL ended: ${log}`)))
  })
  return {
    url: `postgres://guanxi@127.0.0.1:${port}/postgres`,
    stop: async () => {
      server.kill('SIGQUIT')
      await ended
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
