// Says that the server has a newer UI. It waits out of sight while something is being edited, and never reloads by itself.
import { RefreshCw, X } from 'lucide-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Button, IconButton } from '../ui/button.tsx'

export default function UpdatePrompt() {
  const { t } = useTranslation()
  const [later, setLater] = useState(false)
  if (later) return null
  return (
    <div className="update-prompt" role="status">
      <RefreshCw size={15} aria-hidden />
      <span>{t('update.ready')}</span>
      <Button variant="primary" small onClick={() => window.location.reload()}>
        {t('update.reload')}
      </Button>
      <IconButton small label={t('update.later')} onClick={() => setLater(true)}>
        <X size={14} aria-hidden />
      </IconButton>
    </div>
  )
}
