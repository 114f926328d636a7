// What was typed into a form and not saved, kept in this tab so that it is there again after a reload.
import type { RecordData } from '../../api/types.ts'

export interface KeptDraft {
  /** The record as it was when the form was opened. */
  opened: RecordData
  values: RecordData
}

export const draftKey = (object: string, id: string | undefined, given: RecordData) =>
  `guanxi.draft.${object}.${id ?? `new.${JSON.stringify(given)}`}`

export function readDraft(key: string): KeptDraft | null {
  try {
    const kept = JSON.parse(sessionStorage.getItem(key) ?? 'null') as KeptDraft | null
    return kept && typeof kept.values === 'object' && typeof kept.opened === 'object' ? kept : null
  } catch {
    return null
  }
}

/** Keeps a draft, or forgets it. Where the tab's store is full, nothing is kept. */
export function keepDraft(key: string, draft: KeptDraft | null) {
  try {
    if (draft) sessionStorage.setItem(key, JSON.stringify(draft))
    else sessionStorage.removeItem(key)
  } catch {
    sessionStorage.removeItem(key)
  }
}
