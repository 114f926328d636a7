// A text box that finds users, teams, positions, public groups and territories.
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useLookupOptions } from '../../fields/lookup/search.ts'
import { Combobox } from '../../ui/combobox.tsx'
import { grantees } from './grantees.ts'

interface BoxProps {
  id: string
  /** What the box shows while nobody types. */
  text?: string
  /** The objects to look in; all there are, if not said. */
  of?: string[]
  /** Ids that are not offered. */
  without?: string[]
  onPick: (picked: { id: string; name: string } | null) => void
  invalid?: boolean
  describedBy?: string
  autoFocus?: boolean
}

export function GranteeBox({ id, text = '', of = grantees, without = [], onPick, ...rest }: BoxProps) {
  const { t } = useTranslation()
  const [typed, setTyped] = useState('')
  const [asked, setAsked] = useState(false)
  const found = useLookupOptions({ type: 'lookup', to: of }, typed, asked)
  const options = found.options.filter(({ value }) => !without.includes(value))
  const nothing = asked && options.length === 0 ? t('field.noResults') : undefined
  return (
    <div onFocus={() => setAsked(true)}>
      <Combobox
        id={id}
        text={text}
        options={options}
        status={found.loading ? t('field.searching') : nothing}
        placeholder={t('field.typeToSearch')}
        onType={setTyped}
        onSelect={(option) => onPick(option && { id: option.value, name: option.label })}
        {...rest}
      />
    </div>
  )
}
