// Around what is defined and saved as a whole: why it was not saved, what is to be done with unsaved changes, and the guard on the way out.
import { useTranslation } from 'react-i18next'
import { Button } from '../../ui/button.tsx'
import { ConfirmDialog } from '../../ui/dialog.tsx'
import './roles.css'
import type { DefinitionEdit } from './use_definition_edit.ts'

/** Why it was not saved. */
export function Trouble({ edit }: { edit: DefinitionEdit }) {
  const { t } = useTranslation()
  if (edit.conflict) {
    return (
      <div className="banner banner-warn role-conflict" role="alert">
        <strong>{t('roles.conflict')}</strong>
        {edit.conflict.length > 0 && (
          <p>{t('roles.conflictIn', { objects: edit.conflict.join(t('common.comma')) })}</p>
        )}
        <p>{t('roles.loadWhy')}</p>
        <Button onClick={() => void edit.load()}>{t('roles.load')}</Button>
      </div>
    )
  }
  return (
    edit.message && (
      <p className="banner banner-danger" role="alert">
        {t('roles.invalid')}
        {edit.message}
      </p>
    )
  )
}

/** What to do with unsaved changes, at the foot of the page and before one leaves it. */
export function SaveBar({ edit: { dirty, saving, blocker, discard, save } }: { edit: DefinitionEdit }) {
  const { t } = useTranslation()
  return (
    <>
      {dirty && (
        <div className="save-bar" role="group" aria-label={t('roles.unsaved')}>
          <span>{t('roles.unsaved')}</span>
          <span className="spring" />
          <Button onClick={discard}>{t('roles.discard')}</Button>
          <Button variant="primary" disabled={saving} onClick={() => void save()}>
            {t('common.save')}
          </Button>
        </div>
      )}
      {blocker.status === 'blocked' && (
        <ConfirmDialog
          title={t('record.unsavedTitle')}
          text={t('record.unsavedWhy')}
          confirm={t('record.discard')}
          cancel={t('record.keepEditing')}
          danger
          onConfirm={blocker.proceed}
          onClose={blocker.reset}
        />
      )}
    </>
  )
}

interface SwitchProps {
  id: string
  label: string
  help: string
  on: boolean
  disabled?: boolean
  onChange: (on: boolean) => void
}

export function Switch({ id, label, help, on, disabled, onChange }: SwitchProps) {
  return (
    <div className="role-switch">
      <input
        type="checkbox"
        role="switch"
        id={id}
        className="switch"
        aria-describedby={`${id}-help`}
        disabled={disabled}
        aria-checked={on}
        checked={on}
        onChange={(event) => onChange(event.target.checked)}
      />
      <label htmlFor={id}>{label}</label>
      <span className="form-help" id={`${id}-help`}>
        {help}
      </span>
    </div>
  )
}
