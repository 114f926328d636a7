// The mapping is kept with the import as one goes: shortly after each choice, when one leaves, and before the next step. What is sent
// goes out one after the other, so that nothing older lands last.
import { useQueryClient } from '@tanstack/react-query'
import { useCallback, useEffect, useRef } from 'react'
import { updateImport } from '../../api/commands.ts'
import type { Import, MappingFile } from '../../api/types.ts'
import { readingOf } from './mapping.ts'

/** How long after a choice it is kept, in milliseconds. */
const settle = 400

export interface Draft {
  /** Keeps the mapping at once, or says what is wrong with it. */
  keep: () => Promise<void>
  /** Has the file read in another way, which begins the mapping anew. */
  read: (part: { sheet?: string; encoding?: string; delimiter?: string }) => Promise<void>
}

export function useDraft(item: Import, mapping: MappingFile): Draft {
  const client = useQueryClient()
  const { id } = item
  const reading = readingOf(item)
  const kept = useRef(mapping)
  const latest = useRef(mapping)
  latest.current = mapping
  const sent = useRef<Promise<unknown>>(Promise.resolve())
  const send = useCallback(
    (part: Parameters<typeof updateImport>[1]) => {
      kept.current = latest.current
      const done = sent.current.then(async () => {
        // A mapping for what the file was before it was read in another way is of no use.
        const now = client.getQueryData<Import>(['import', id])
        if (now && readingOf(now) !== reading) return
        client.setQueryData(['import', id], await updateImport(id, part))
      })
      sent.current = done.catch(() => {})
      return done
    },
    [client, id, reading],
  )
  const draft = useCallback(() => {
    // A refusal is not worth a word here: the next step sends it again, and says what is wrong.
    if (kept.current !== latest.current) send({ mapping: latest.current }).catch(() => {})
  }, [send])
  // biome-ignore lint/correctness/useExhaustiveDependencies: each choice begins the wait anew
  useEffect(() => {
    const timer = setTimeout(draft, settle)
    return () => clearTimeout(timer)
  }, [mapping, draft])
  useEffect(() => draft, [draft])
  return { keep: () => send({ mapping: latest.current }), read: send }
}
