// Before an administrator looks as another user does: what that means. Afterwards the whole page is loaded anew, as that user's.
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { beginPreview } from '../../api/preview.ts'
import { Button } from '../../ui/button.tsx'
import { Dialog } from '../../ui/dialog.tsx'
import { useErrorText } from '../writes.ts'

export default function PreviewDialog({
  id,
  name,
  onClose,
}: {
  id: string
  name: string
  onClose: () => void
}) {
  const { t } = useTranslation('security')
  const { t: common } = useTranslation()
  const errorText = useErrorText()
  const [busy, setBusy] = useState(false)
  const [trouble, setTrouble] = useState('')
  const begin = async () => {
    setBusy(true)
    setTrouble('')
    try {
      await beginPreview(id)
      window.location.assign('/')
    } catch (error) {
      setTrouble(errorText(error))
      setBusy(false)
    }
  }
  return (
    <Dialog
      title={t('preview.title', { name })}
      onClose={onClose}
      footer={
        <>
          <Button onClick={onClose}>{common('common.cancel')}</Button>
          <Button variant="primary" disabled={busy} onClick={() => void begin()}>
            {t('preview.begin')}
          </Button>
        </>
      }
    >
      <div className="stack">
        {trouble && (
          <p className="banner banner-danger" role="alert">
            {trouble}
          </p>
        )}
        <p>{t('preview.why', { name })}</p>
      </div>
    </Dialog>
  )
}
