// Errors of the server as exceptions that carry the problem document.
import type { Problem, RecordData } from './types.ts'

export class ApiError extends Error {
  readonly status: number
  readonly problem: Problem | null

  constructor(status: number, problem: Problem | null) {
    // The words about each field name it as the user knows it; the detail has its technical name.
    const fields = (problem?.errors ?? []).map((error) => error.message).join(' · ')
    super(fields || problem?.detail || problem?.title || `HTTP ${status}`)
    this.name = 'ApiError'
    this.status = status
    this.problem = problem
  }

  /** The messages by field of a validation problem. */
  get fieldErrors(): Record<string, string> {
    const entries = (this.problem?.errors ?? []).map((error) => [error.field, error.message])
    return Object.fromEntries(entries)
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
