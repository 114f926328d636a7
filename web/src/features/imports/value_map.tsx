// Replaces values of a column: each distinct value in the file with how often it occurs, and what it becomes.
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Field, ImportColumn } from '../../api/types.ts'
import { useFieldSettings } from '../../fields/context.tsx'
import { Button } from '../../ui/button.tsx'
import { Dialog } from '../../ui/dialog.tsx'
import { unknownValues } from './mapping.ts'

type Values = Record<string, string>

interface ValueMapProps {
  column: ImportColumn
  field: Field
  values: Values
  onChange: (values: Values) => void
}

export function ValueMap({ column, field, values, onChange }: ValueMapProps) {
  const { t } = useTranslation()
  const [open, setOpen] = useState(false)
  const count = Object.keys(values).length
  const unknown = unknownValues(column, field, values).length
  if (column.distinct.length === 0) return null
  return (
    <>
      <Button variant={count > 0 || unknown > 0 ? 'outline' : 'plain'} onClick={() => setOpen(true)}>
        <span className="sr-only">{column.header} </span>
        {count > 0 ? t('imports.valueMapCount', { count }) : t('imports.valueMap')}
        {unknown > 0 && (
          <span className="unknown-count">{t('imports.unknownCount', { count: unknown })}</span>
        )}
      </Button>
      {open && (
        <ValueDialog
          column={column}
          field={field}
          values={values}
          onClose={() => setOpen(false)}
          onSave={(next) => {
            onChange(next)
            setOpen(false)
          }}
        />
      )}
    </>
  )
}

interface DialogProps extends Omit<ValueMapProps, 'onChange'> {
  onSave: (values: Values) => void
  onClose: () => void
}

function ValueDialog({ column, field, values, onSave, onClose }: DialogProps) {
  const { t } = useTranslation()
  const { language } = useFieldSettings()
  const [draft, setDraft] = useState<Values>(values)
  const set = (from: string, to: string) =>
    setDraft(({ [from]: _, ...rest }) => (to === '' ? rest : { ...rest, [from]: to }))
  return (
    <Dialog
      title={t('imports.valueMapFor', { column: column.header })}
      onClose={onClose}
      footer={
        <>
          <Button onClick={onClose}>{t('common.cancel')}</Button>
          <Button variant="primary" onClick={() => onSave(draft)}>
            {t('common.apply')}
          </Button>
        </>
      }
    >
      <p className="form-help">{t('imports.valueMapHint')}</p>
      <table className="plain-table">
        <thead>
          <tr>
            <th scope="col">{t('imports.fileValue')}</th>
            <th scope="col" className="end">
              {t('imports.occurrences')}
            </th>
            <th scope="col">{t('imports.becomes')}</th>
          </tr>
        </thead>
        <tbody>
          {column.distinct.map(({ value, count }) => (
            <tr key={value}>
              <th scope="row">{value || <span className="nothing">∅</span>}</th>
              <td className="end figure">{count.toLocaleString(language)}</td>
              <td>
                <Becomes
                  field={field}
                  value={draft[value] ?? ''}
                  from={value}
                  onChange={(to) => set(value, to)}
                />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </Dialog>
  )
}

interface BecomesProps {
  field: Field
  from: string
  value: string
  onChange: (to: string) => void
}

/** A choice where the field has values, a text box elsewhere. */
function Becomes({ field, from, value, onChange }: BecomesProps) {
  const { t } = useTranslation()
  const label = `${t('imports.becomes')}: ${from}`
  if (!field.values?.length) {
    return (
      <input
        className="input"
        aria-label={label}
        placeholder={t('imports.keepAsIs')}
        value={value}
        onChange={(event) => onChange(event.target.value)}
      />
    )
  }
  return (
    <select
      className="input"
      aria-label={label}
      value={value}
      onChange={(event) => onChange(event.target.value)}
    >
      <option value="">{t('imports.keepAsIs')}</option>
      {field.values.map((item) => (
        <option key={item.value} value={item.value}>
          {item.label}
        </option>
      ))}
    </select>
  )
}
