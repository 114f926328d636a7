// Somebody else changed the same field first: what it was, is and would be, and what else changed. Theirs is taken, or one's own kept.
import { useTranslation } from 'react-i18next'
import type { Field, ObjectDetail, RecordData } from '../../api/types.ts'
import { useFieldSettings } from '../../fields/context.tsx'
import { relatedName } from '../../fields/lookup/paths.ts'
import { formatRelative } from '../../lib/dates.ts'
import { Button } from '../../ui/button.tsx'
import { Dialog } from '../../ui/dialog.tsx'
import { fieldsByName } from '../meta.ts'
import { DisputedValue } from './disputed_value.tsx'
import './edit.css'
import { same } from './merge.ts'

interface ConflictProps {
  meta: ObjectDetail
  field: Field
  /** The record as it was when editing began. */
  opened: RecordData
  theirs: RecordData
  mine: RecordData
  saving: boolean
  onTakeTheirs: () => void
  onKeepMine: () => void
  onClose: () => void
}

export default function ConflictDialog({ meta, field, opened, theirs, mine, ...props }: ConflictProps) {
  const { t } = useTranslation()
  const others = meta.fields.filter(
    (other) =>
      other.name !== field.name &&
      (!other.system || other.name === 'owner_id') &&
      !same(opened[other.name], theirs[other.name]),
  )
  const values = [
    [t('record.conflictBefore'), opened],
    [t('record.conflictTheirs'), theirs],
    [t('record.conflictMine'), mine],
  ] as const
  return (
    <Dialog
      title={t('record.conflictField', { field: field.label })}
      onClose={props.onClose}
      footer={
        <>
          <Button disabled={props.saving} onClick={props.onTakeTheirs}>
            {t('record.useTheirs')}
          </Button>
          <Button variant="primary" disabled={props.saving} onClick={props.onKeepMine}>
            {t('record.keepMine')}
          </Button>
        </>
      }
    >
      <By meta={meta} theirs={theirs} />
      <dl className="conflict-values">
        {values.map(([label, record]) => (
          <div key={label}>
            <dt>{label}</dt>
            <dd>
              <DisputedValue field={field} record={record} />
            </dd>
          </div>
        ))}
      </dl>
      {others.length > 0 && (
        <>
          <h3>{t('record.conflictOthers')}</h3>
          <dl className="conflict-values">
            {others.map((other) => (
              <div key={other.name}>
                <dt>{other.label}</dt>
                <dd>
                  <DisputedValue field={other} record={opened} /> →{' '}
                  <DisputedValue field={other} record={theirs} />
                </dd>
              </div>
            ))}
          </dl>
        </>
      )}
    </Dialog>
  )
}

/** Who it was, and when. */
function By({ meta, theirs }: { meta: ObjectDetail; theirs: RecordData }) {
  const { t } = useTranslation()
  const { language, timeZone, objects } = useFieldSettings()
  const field = fieldsByName(meta).get('updated_by_id')
  const name = field && relatedName(field, theirs, objects)
  if (!name || typeof theirs.updated_at !== 'string') return null
  const time = formatRelative(theirs.updated_at, language, timeZone)
  return <p className="form-help">{t('record.conflictBy', { name, time })}</p>
}
