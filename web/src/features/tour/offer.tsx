// The offer of the tour: a card at the edge of the home page that is in nobody's way.
import { Compass } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { Button } from '../../ui/button.tsx'
import './tour.css'

interface OfferProps {
  begun: boolean
  onStart: () => void
  onLater: () => void
  onNever: () => void
}

export default function Offer({ begun, onStart, onLater, onNever }: OfferProps) {
  const { t } = useTranslation()
  return (
    <aside className="tour-offer" aria-label={t('tour.title')}>
      <h2>
        <Compass size={16} aria-hidden /> {begun ? t('tour.goOnTitle') : t('tour.offerTitle')}
      </h2>
      <p>{t('tour.offerWhy')}</p>
      <div className="tour-buttons">
        <Button small variant="primary" onClick={onStart}>
          {begun ? t('tour.goOn') : t('tour.start')}
        </Button>
        <Button small onClick={onLater}>
          {t('tour.later')}
        </Button>
        <Button small variant="plain" onClick={onNever}>
          {t('tour.never')}
        </Button>
      </div>
    </aside>
  )
}
