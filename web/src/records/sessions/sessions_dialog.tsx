// Where a colleague is signed in: for administrators, from the page of the user.
import { useTranslation } from 'react-i18next'
import { Dialog } from '../../ui/dialog.tsx'
import { SessionList } from './session_list.tsx'

export default function SessionsDialog({
  id,
  name,
  onClose,
}: {
  id: string
  name: string
  onClose: () => void
}) {
  const { t } = useTranslation()
  return (
    <Dialog title={t('sessions.titleOf', { name })} onClose={onClose}>
      <div className="stack">
        <p className="form-help">{t('sessions.introOf')}</p>
        <SessionList user={{ id, name }} />
      </div>
    </Dialog>
  )
}
