// Errors of the server as exceptions that carry the problem document.
import type { Problem, RecordData } from './types.ts'

export class ApiError extends Error {
  readonly status: number
  readonly problem: Problem | null

  constructor(status: number, problem: Problem | null) {
    // The detail has each field by its technical name, with what is wrong with it: the messages alone mostly do not say of what.
    super(problem?.detail || problem?.title || `HTTP ${status}`)
    this.name = 'ApiError'
    this.status = status
    this.problem = problem
  }

  /** The messages by field of a validation problem. */
  get fieldErrors(): Record<string, string> {
    const entries = (this.problem?.errors ?? []).map((error) => [error.field, error.message])
    return Object.fromEntries(entries)
  }

  /** What is wrong, in one line, with the names that users know the fields by; the detail where no field is to blame. */
  explain(labels: ReadonlyMap<string, string>, colon: string): string {
    const errors = this.problem?.errors ?? []
    if (!errors.some(({ field }) => labels.has(field))) return this.message
    const lines = errors.map(({ field, message }) => {
      const label = labels.get(field) ?? field
      return message.includes(label) ? message : `${label}${colon}${message}`
    })
    return lines.join(' · ')
  }

  /** The record as it is now, when somebody else changed it first. */
  get current(): RecordData | null {
    return this.status === 412 ? (this.problem?.current ?? null) : null
  }
}

/** Turns whatever the server answered into an exception. */
export function toApiError(status: number, body: unknown): ApiError {
  const isProblem = typeof body === 'object' && body !== null && 'code' in body
  return new ApiError(status, isProblem ? (body as Problem) : null)
}
