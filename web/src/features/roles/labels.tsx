// Name and description of a role, in both languages.
import { useId } from 'react'
import { useTranslation } from 'react-i18next'
import { describedBy, FormRow } from '../../ui/form.tsx'
import type { Labels } from './definition.ts'

interface LabelsProps {
  label: Labels
  description: Labels
  /** What the server says of the name. */
  error?: string
  disabled?: boolean
  onChange: (change: { label: Labels } | { description: Labels }) => void
}

export function LabelFields({ label, description, error, disabled, onChange }: LabelsProps) {
  const { t } = useTranslation()
  const base = useId()
  const box = (name: 'label' | 'description', language: keyof Labels, text: string) => {
    const id = `${base}-${name}-${language}`
    const value = name === 'label' ? label : description
    const wrong = name === 'label' && !value[language].trim() ? error : undefined
    const set = (next: string) => {
      const texts = { ...value, [language]: next }
      onChange(name === 'label' ? { label: texts } : { description: texts })
    }
    return (
      <FormRow id={id} label={text} required={name === 'label'} error={wrong}>
        <input
          id={id}
          className="input"
          disabled={disabled}
          required={name === 'label'}
          aria-invalid={wrong !== undefined}
          aria-describedby={describedBy(id, null, wrong)}
          value={value[language]}
          onChange={(event) => set(event.target.value)}
        />
      </FormRow>
    )
  }
  return (
    <div className="role-labels">
      {box('label', 'zh', t('roles.zhLabel'))}
      {box('label', 'en', t('roles.enLabel'))}
      {box('description', 'zh', t('roles.zhDescription'))}
      {box('description', 'en', t('roles.enDescription'))}
    </div>
  )
}
