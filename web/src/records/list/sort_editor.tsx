// The sort keys of a list, in order of weight.
import { Plus, Trash2 } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import type { ObjectDetail } from '../../api/types.ts'
import type { SortKey } from '../../lib/filter.ts'
import { Button, IconButton } from '../../ui/button.tsx'

interface SortProps {
  meta: ObjectDetail
  sort: SortKey[]
  onChange: (sort: SortKey[]) => void
}

export function SortEditor({ meta, sort, onChange }: SortProps) {
  const { t } = useTranslation()
  const sortable = meta.fields.filter((field) => field.sortable)
  const unused = sortable.find((field) => !sort.some((key) => key.field === field.name))
  return (
    <div className="sort-editor">
      <h2 className="popover-title">{t('list.sort')}</h2>
      {sort.map((key, index) => (
        <div className="sort-row" key={key.field}>
          <span className="form-help">{index === 0 ? '' : t('list.thenBy')}</span>
          <select
            className="input"
            aria-label={`${t('filter.field')} ${index + 1}`}
            value={key.field}
            onChange={(event) => onChange(sort.with(index, { ...key, field: event.target.value }))}
          >
            {sortable.map((field) => (
              <option key={field.name} value={field.name}>
                {field.label}
              </option>
            ))}
          </select>
          <select
            className="input"
            aria-label={`${t('list.sort')} ${index + 1}`}
            value={key.desc ? 'desc' : 'asc'}
            onChange={(event) => onChange(sort.with(index, { ...key, desc: event.target.value === 'desc' }))}
          >
            <option value="asc">{t('list.sortAsc')}</option>
            <option value="desc">{t('list.sortDesc')}</option>
          </select>
          <IconButton label={t('common.remove')} onClick={() => onChange(sort.toSpliced(index, 1))}>
            <Trash2 size={14} aria-hidden />
          </IconButton>
        </div>
      ))}
      {unused && (
        <Button
          variant="plain"
          icon={<Plus size={14} aria-hidden />}
          onClick={() => onChange([...sort, { field: unused.name, desc: false }])}
        >
          {t('list.addSort')}
        </Button>
      )}
    </div>
  )
}
