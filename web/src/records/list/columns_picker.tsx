// Which columns a list shows, and in which order.
import { ArrowDown, ArrowUp } from 'lucide-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Field, ObjectDetail } from '../../api/types.ts'
import { IconButton } from '../../ui/button.tsx'
import { fieldsByName } from '../meta.ts'

interface PickerProps {
  meta: ObjectDetail
  columns: string[]
  onChange: (columns: string[]) => void
}

export function ColumnsPicker({ meta, columns, onChange }: PickerProps) {
  const { t } = useTranslation()
  const [typed, setTyped] = useState('')
  const fields = fieldsByName(meta)
  const shown = columns.map((name) => fields.get(name)).filter((field) => field !== undefined)
  const hidden = meta.fields.filter((field) => !columns.includes(field.name))
  const matches = (field: Field) => `${field.label} ${field.name}`.toLowerCase().includes(typed.toLowerCase())
  const move = (index: number, step: number) => {
    const name = columns[index]
    if (name) onChange(columns.toSpliced(index, 1).toSpliced(index + step, 0, name))
  }
  return (
    <div className="columns-picker">
      <h2 className="popover-title">{t('list.columns')}</h2>
      <p className="form-help">{t('list.columnsHint')}</p>
      <input
        className="input"
        aria-label={t('common.search')}
        placeholder={t('common.search')}
        value={typed}
        onChange={(event) => setTyped(event.target.value)}
      />
      <ul>
        {shown.filter(matches).map((field) => {
          const index = columns.indexOf(field.name)
          return (
            <li key={field.name}>
              <label className="check">
                <input
                  type="checkbox"
                  checked
                  disabled={columns.length === 1}
                  onChange={() => onChange(columns.filter((name) => name !== field.name))}
                />
                {field.label}
              </label>
              <IconButton
                small
                label={t('list.moveUp', { name: field.label })}
                disabled={index === 0}
                onClick={() => move(index, -1)}
              >
                <ArrowUp size={14} aria-hidden />
              </IconButton>
              <IconButton
                small
                label={t('list.moveDown', { name: field.label })}
                disabled={index === columns.length - 1}
                onClick={() => move(index, 1)}
              >
                <ArrowDown size={14} aria-hidden />
              </IconButton>
            </li>
          )
        })}
        {hidden.filter(matches).map((field) => (
          <li key={field.name}>
            <label className="check">
              <input type="checkbox" checked={false} onChange={() => onChange([...columns, field.name])} />
              {field.label}
            </label>
          </li>
        ))}
      </ul>
    </div>
  )
}
