// Whether reading the object's records is noted in the audit log. It is no part of how they are shared, and holds at once.
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { ObjectDetail } from '../../api/types.ts'
import { useErrorToast } from '../../records/writes.ts'
import { showToast } from '../../ui/toast.tsx'
import { useRefreshRoles } from '../roles/data.ts'
import { Switch } from '../roles/edit_frame.tsx'
import { setSensitive } from './data.ts'

export function Sensitive({ meta: { name, label, sensitive } }: { meta: ObjectDetail }) {
  const { t } = useTranslation()
  const refresh = useRefreshRoles()
  const onError = useErrorToast()
  /** What was chosen, shown at once. */
  const [chosen, setChosen] = useState<boolean | null>(null)
  const change = async (on: boolean) => {
    setChosen(on)
    try {
      await setSensitive(name, on)
      await refresh()
      showToast(t('roles.saved'))
    } catch (error) {
      onError(error)
    } finally {
      setChosen(null)
    }
  }
  return (
    <section aria-label={t('sharing.reading')}>
      <h2>{t('sharing.reading')}</h2>
      <Switch
        id="sharing-sensitive"
        label={t('sharing.sensitive')}
        help={t('sharing.sensitiveWhy', { object: label })}
        on={chosen ?? sensitive}
        onChange={(on) => void change(on)}
      />
    </section>
  )
}
