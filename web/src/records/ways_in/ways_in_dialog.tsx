// How a colleague comes in, for administrators, from the page of the user: the invitation, the second factor, the tokens of programs.
import { Mail, ShieldOff } from 'lucide-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { inviteUser, resetSecondFactor } from '../../api/commands.ts'
import { Button } from '../../ui/button.tsx'
import { ConfirmDialog, Dialog } from '../../ui/dialog.tsx'
import { showToast } from '../../ui/toast.tsx'
import { useErrorToast } from '../writes.ts'
import { TokenList } from './token_list.tsx'

interface WaysInProps {
  id: string
  name: string
  email: string
  /** It is oneself: then the second factor is turned off in the settings. */
  own: boolean
  onClose: () => void
}

export default function WaysInDialog({ id, name, email, own, onClose }: WaysInProps) {
  const { t } = useTranslation('security')
  const { t: common } = useTranslation()
  const onError = useErrorToast()
  const [asking, setAsking] = useState<'invite' | 'reset' | null>(null)
  const act = async (run: () => Promise<unknown>, done: string) => {
    setAsking(null)
    try {
      await run()
      showToast(done)
    } catch (error) {
      onError(error)
    }
  }
  return (
    <Dialog title={common('access.waysInOf', { name })} onClose={onClose} wide>
      <div className="stack">
        <div className="ways-in-actions">
          <Button icon={<Mail size={14} aria-hidden />} disabled={!email} onClick={() => setAsking('invite')}>
            {t('invite.action')}
          </Button>
          {!own && (
            <Button icon={<ShieldOff size={14} aria-hidden />} onClick={() => setAsking('reset')}>
              {t('factor.reset')}
            </Button>
          )}
        </div>
        <section aria-label={t('tokens.title')} className="stack">
          <h3>{t('tokens.title')}</h3>
          <p className="form-help">{t('tokens.introOf')}</p>
          <TokenList user={id} />
        </section>
      </div>
      {asking === 'invite' && (
        <ConfirmDialog
          title={t('invite.title', { name })}
          text={t('invite.why', { email })}
          confirm={t('invite.send')}
          onConfirm={() => void act(() => inviteUser(id), t('invite.sent', { email }))}
          onClose={() => setAsking(null)}
        />
      )}
      {asking === 'reset' && (
        <ConfirmDialog
          title={t('factor.resetTitle', { name })}
          text={t('factor.resetWhy')}
          confirm={t('factor.reset')}
          danger
          onConfirm={() => void act(() => resetSecondFactor(id), t('factor.wasReset'))}
          onClose={() => setAsking(null)}
        />
      )}
    </Dialog>
  )
}
