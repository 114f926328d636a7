// The section of the settings with one's own tokens for programs; for administrators the way to those of all.
import { Link } from '@tanstack/react-router'
import { KeySquare, Plus } from 'lucide-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { TokenList } from '../../records/ways_in/token_list.tsx'
import { Button } from '../../ui/button.tsx'
import { NewTokenDialog } from './new_token.tsx'

export function Tokens({ administrator }: { administrator: boolean }) {
  const { t } = useTranslation('security')
  const [making, setMaking] = useState(false)
  return (
    <section aria-label={t('tokens.title')}>
      <h2>{t('tokens.title')}</h2>
      <p className="form-help">{t('tokens.intro')}</p>
      <Button icon={<Plus size={14} aria-hidden />} onClick={() => setMaking(true)}>
        {t('tokens.make')}
      </Button>
      <TokenList />
      {administrator && (
        <Link className="btn btn-outline" to="/settings/$page" params={{ page: 'tokens' }}>
          <KeySquare size={14} aria-hidden />
          {t('tokens.all')}
        </Link>
      )}
      {making && <NewTokenDialog onClose={() => setMaking(false)} />}
    </section>
  )
}
