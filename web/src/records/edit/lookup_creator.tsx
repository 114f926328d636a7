// Gives the references on a screen a form in which to make the record they shall point to.
import { useQuery } from '@tanstack/react-query'
import { lazy, type ReactNode, Suspense, useCallback, useState } from 'react'
import { objectQuery } from '../../api/queries.ts'
import { idOf } from '../../api/types.ts'
import { type CreateRecord, CreateRecordProvider, type Made } from '../../fields/create.tsx'
import { nameOf } from '../meta.ts'

const RecordDialog = lazy(() => import('./record_dialog.tsx'))

interface Asked {
  object: string
  name: string
  onMade: (made: Made) => void
}

export function LookupCreator({ children }: { children: ReactNode }) {
  const [asked, setAsked] = useState<Asked | null>(null)
  const { data: meta } = useQuery(objectQuery(asked?.object ?? ''))
  const create = useCallback<CreateRecord>((object, name, onMade) => setAsked({ object, name, onMade }), [])
  return (
    <CreateRecordProvider value={create}>
      {children}
      {asked && meta?.name === asked.object && (
        <Suspense>
          <RecordDialog
            meta={meta}
            stay
            defaults={asked.name ? { [meta.name_field]: asked.name } : {}}
            onMade={(record) => asked.onMade({ id: idOf(record), name: nameOf(record, meta.name_field) })}
            onClose={() => setAsked(null)}
          />
        </Suspense>
      )}
    </CreateRecordProvider>
  )
}
