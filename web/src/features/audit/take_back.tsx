// Takes back a change of a role, of how an object is shared, or of whose records everyone sees.
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { client, unwrapWithResponse } from '../../api/client.ts'
import { meQuery } from '../../api/queries.ts'
import type { AuditEntry } from '../../api/types.ts'
import { useErrorToast } from '../../records/writes.ts'
import { Button } from '../../ui/button.tsx'
import { showToast } from '../../ui/toast.tsx'

/** The change that an entry tells of, if it can be taken back. */
function change(entry: AuditEntry): number | undefined {
  const { definitions } = (entry.body ?? {}) as { definitions?: object }
  const [key, more] = Object.keys(definitions ?? {})
  return key && !more && /^(role|sharing|settings)\//.test(key) ? entry.entry.change : undefined
}

export function TakeBack({ entry, onDone }: { entry: AuditEntry; onDone: () => void }) {
  const { t } = useTranslation()
  const { data: me } = useQuery(meQuery)
  const queries = useQueryClient()
  const onError = useErrorToast()
  const [busy, setBusy] = useState(false)
  const seq = change(entry)
  if (seq === undefined || !me?.administrator) return null
  const takeBack = async () => {
    setBusy(true)
    try {
      await unwrapWithResponse(client.POST('/api/v1/changes/{seq}/undo', { params: { path: { seq } } }))
      await queries.invalidateQueries()
      showToast(t('audit.takenBack'))
      onDone()
    } catch (error) {
      onError(error)
    } finally {
      setBusy(false)
    }
  }
  return (
    <div className="audit-links">
      <Button disabled={busy} onClick={() => void takeBack()}>
        {t('audit.takeBack')}
      </Button>
    </div>
  )
}
