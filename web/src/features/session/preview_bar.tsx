// Above every page while an administrator looks as another user does: as whom, and the way back.
import { Eye } from 'lucide-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { endPreview } from '../../api/preview.ts'
import type { Me } from '../../api/types.ts'
import { useErrorToast } from '../../records/writes.ts'
import { Button } from '../../ui/button.tsx'

export default function PreviewBar({ me }: { me: Me }) {
  const { t } = useTranslation()
  const onError = useErrorToast()
  const [busy, setBusy] = useState(false)
  /** All that was read is another user's, so the page is loaded anew: where the preview was begun. */
  const end = async () => {
    setBusy(true)
    try {
      await endPreview()
      window.location.assign(`/o/user/${me.id}`)
    } catch (error) {
      onError(error)
      setBusy(false)
    }
  }
  return (
    <div className="preview-bar" role="status">
      <Eye size={15} aria-hidden />
      <span>{t('preview.looking', { user: me.name })}</span>
      <Button small disabled={busy} onClick={() => void end()}>
        {t('preview.end')}
      </Button>
    </div>
  )
}
