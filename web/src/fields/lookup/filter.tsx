// A record to compare with; for users also "me".
import { useId, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { isLiteral } from '../../lib/filter.ts'
import { Combobox, type Option } from '../../ui/combobox.tsx'
import type { FilterProps } from '../types.ts'
import { targetsOf } from './paths.ts'
import { useLookupOptions, useNameOf } from './search.ts'

export function LookupFilter({ field, value, onChange, label, fixed }: FilterProps) {
  const { t } = useTranslation()
  const id = useId()
  const [typed, setTyped] = useState('')
  const { options } = useLookupOptions(field, typed, true)
  const me: Option = { value: 'ME', label: t('filter.literal.ME') }
  const people = !fixed && targetsOf(field)[0] === 'user'
  const current = typeof value === 'string' && value !== '' ? value : null
  const name = useNameOf(field, current)
  return (
    <Combobox
      id={id}
      label={label}
      text={isLiteral(value) ? me.label : (name ?? current ?? '')}
      options={people && !typed ? [me, ...options] : options}
      placeholder={t('field.typeToSearch')}
      onType={setTyped}
      onSelect={(option) => onChange(option?.value === 'ME' ? { literal: 'ME' } : (option?.value ?? ''))}
    />
  )
}
