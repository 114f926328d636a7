// Nobody gets past here whose role asks for a second factor, until it is set up.
import { useTranslation } from 'react-i18next'
import { Button } from '../../ui/button.tsx'
import { SetUp } from '../security/set_up.tsx'
import { useSignOut } from './sign_out.ts'
import './sign_in.css'

export default function Enrol({ onDone }: { onDone: () => void }) {
  const { t } = useTranslation('security')
  const signOut = useSignOut()
  return (
    <main className="sign-in">
      <div className="sign-in-box">
        <h1>{t('factor.dueTitle')}</h1>
        <p>{t('factor.dueWhy')}</p>
        <SetUp onDone={onDone} />
      </div>
      <Button variant="plain" onClick={() => void signOut()}>
        {t('factor.signOut')}
      </Button>
    </main>
  )
}
