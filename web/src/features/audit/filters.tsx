// What the log is narrowed to: a person, a kind of event, an object, a record, days.
import { useQuery } from '@tanstack/react-query'
import { useEffect, useId, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { objectsQuery } from '../../api/queries.ts'
import type { AuditSearch } from '../../api/types.ts'
import { UserPicker } from '../../records/user_picker.tsx'
import { Button } from '../../ui/button.tsx'
import { FormRow } from '../../ui/form.tsx'
import { kinds, useAuditWords } from './words.ts'

interface FiltersProps {
  search: AuditSearch
  setSearch: (search: AuditSearch) => void
}

/** The id at the end of an address, or what was typed. */
const idIn = (text: string) => text.trim().split(/[?#]/)[0]?.split('/').pop() ?? ''

export function Filters({ search, setSearch }: FiltersProps) {
  const { t } = useTranslation()
  const words = useAuditWords()
  const id = useId()
  const { data: objects } = useQuery(objectsQuery)
  const set = (part: Partial<AuditSearch>) => setSearch({ ...search, ...part })
  const any = Object.values(search).some(Boolean)
  return (
    <search className="audit-filters" aria-label={t('audit.title')}>
      <UserPicker label={t('audit.person')} value={search.user} onChange={(user) => set({ user })} />
      <FormRow id={`${id}-kind`} label={t('audit.kindLabel')}>
        <select
          id={`${id}-kind`}
          className="input"
          value={search.kind ?? ''}
          onChange={(event) => set({ kind: event.target.value || undefined })}
        >
          <option value="">{t('audit.anyKind')}</option>
          {kinds.map((kind) => (
            <option key={kind} value={kind}>
              {words.kind(kind)}
            </option>
          ))}
        </select>
      </FormRow>
      <FormRow id={`${id}-object`} label={t('audit.object')}>
        <select
          id={`${id}-object`}
          className="input"
          value={search.object ?? ''}
          onChange={(event) => set({ object: event.target.value || undefined })}
        >
          <option value="">{t('audit.anyObject')}</option>
          {(objects ?? []).map((object) => (
            <option key={object.name} value={object.name}>
              {object.label}
            </option>
          ))}
        </select>
      </FormRow>
      <RecordInput value={search.record} onChange={(record) => set({ record })} />
      {(['from', 'to'] as const).map((end) => (
        <FormRow key={end} id={`${id}-${end}`} label={t(`audit.${end}`)}>
          <input
            id={`${id}-${end}`}
            className="input"
            type="date"
            value={search[end] ?? ''}
            min={end === 'to' ? search.from : undefined}
            max={end === 'from' ? search.to : undefined}
            onChange={(event) => set({ [end]: event.target.value || undefined })}
          />
        </FormRow>
      ))}
      <Button variant="plain" disabled={!any} onClick={() => setSearch({})}>
        {t('audit.reset')}
      </Button>
    </search>
  )
}

/** A record by its number; taken over on Enter or when the box is left. */
function RecordInput({ value, onChange }: { value?: string; onChange: (id: string | undefined) => void }) {
  const { t } = useTranslation()
  const id = useId()
  const [text, setText] = useState(value ?? '')
  useEffect(() => setText(value ?? ''), [value])
  const take = () => {
    const found = idIn(text) || undefined
    if (found !== value) onChange(found)
  }
  return (
    <FormRow id={id} label={t('audit.record')}>
      <input
        id={id}
        className="input"
        value={text}
        title={t('audit.recordHint')}
        placeholder={t('audit.recordHint')}
        onChange={(event) => setText(event.target.value)}
        onBlur={take}
        onKeyDown={(event) => {
          if (event.key === 'Enter' && !event.nativeEvent.isComposing) take()
        }}
      />
    </FormRow>
  )
}
