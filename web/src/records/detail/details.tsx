// The fields of a record in the sections of its layout, each editable in place.
import { useTranslation } from 'react-i18next'
import type { ObjectDetail, RecordData } from '../../api/types.ts'
import { InlineField } from '../edit/inline_field.tsx'
import { fieldsByName } from '../meta.ts'

export function Details({ meta, record }: { meta: ObjectDetail; record: RecordData }) {
  const { t } = useTranslation()
  const fields = fieldsByName(meta)
  const placed = new Set(meta.layout.sections.flatMap((section) => section.fields))
  const system = ['owner_id', 'created_at', 'created_by_id', 'updated_at', 'updated_by_id'].filter(
    (name) => !placed.has(name),
  )
  const sections = [...meta.layout.sections, { label: t('record.system'), columns: 2, fields: system }]
  return (
    <>
      {sections.map((section, index) => {
        const shown = section.fields.map((name) => fields.get(name)).filter((field) => field !== undefined)
        if (shown.length === 0) return null
        const label = section.label || t('record.details')
        return (
          <section key={label + String(index)} className="detail-section" aria-label={label}>
            <h2>{label}</h2>
            <dl className={section.columns === 2 ? 'detail-grid' : 'detail-grid one'}>
              {shown.map((field) => (
                <InlineField key={field.name} meta={meta} field={field} record={record} />
              ))}
            </dl>
          </section>
        )
      })}
    </>
  )
}
