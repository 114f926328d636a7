// Which column goes into which field, and the options of the whole file.
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Field, Import, ImportColumn, MappingFile, ObjectDetail } from '../../api/types.ts'
import { useErrorToast } from '../../records/writes.ts'
import { Button } from '../../ui/button.tsx'
import {
  changeMapping,
  importableFields,
  isReference,
  mapColumn,
  mappingOf,
  missingRequired,
  startMapping,
} from './mapping.ts'
import { MappingOptions } from './mapping_options.tsx'
import { useDraft } from './use_draft.ts'
import { ValueMap } from './value_map.tsx'

interface StepProps {
  item: Import
  meta: ObjectDetail
  onNext: () => void
}

export function MappingStep({ item, meta, onNext }: StepProps) {
  const { t } = useTranslation()
  const onError = useErrorToast()
  const [mapping, setMapping] = useState<MappingFile>(() => startMapping(item))
  const [saving, setSaving] = useState(false)
  const { keep, read } = useDraft(item, mapping)
  const missing = missingRequired(meta, mapping)
  const next = async () => {
    setSaving(true)
    try {
      await keep()
      onNext()
    } catch (error) {
      onError(error)
    } finally {
      setSaving(false)
    }
  }
  return (
    <>
      <div className="page-scroll wizard-body">
        <MappingOptions item={item} meta={meta} mapping={mapping} onChange={setMapping} read={read} />
        <p className="form-help">
          {t('imports.mapped', { done: mapping.columns.length, all: item.columns.length })}
        </p>
        <div className="wide-scroll">
          <table className="plain-table mapping-table">
            <thead>
              <tr>
                <th scope="col">{t('imports.column')}</th>
                <th scope="col">{t('imports.samples')}</th>
                <th scope="col">{t('imports.field')}</th>
                <th scope="col">{t('imports.options')}</th>
              </tr>
            </thead>
            <tbody>
              {item.columns.map((column) => (
                <ColumnRow
                  key={column.index}
                  column={column}
                  meta={meta}
                  mapping={mapping}
                  onChange={setMapping}
                />
              ))}
            </tbody>
          </table>
        </div>
      </div>
      <footer className="wizard-foot">
        {missing.length > 0 && (
          <span className="form-error" role="status">
            {t('imports.requiredMissing', {
              fields: missing.map((field) => field.label).join(t('common.comma')),
            })}
          </span>
        )}
        <span className="spring" />
        <Button
          variant="primary"
          disabled={saving || mapping.columns.length === 0 || missing.length > 0}
          onClick={() => void next()}
        >
          {t('common.next')}
        </Button>
      </footer>
    </>
  )
}

interface RowProps {
  column: ImportColumn
  meta: ObjectDetail
  mapping: MappingFile
  onChange: (mapping: MappingFile) => void
}

function ColumnRow({ column, meta, mapping, onChange }: RowProps) {
  const { t } = useTranslation()
  const fields = importableFields(meta)
  const own = mappingOf(mapping, column)
  const field = fields.find((candidate) => candidate.name === own?.field)
  return (
    <tr>
      <th scope="row">{column.header}</th>
      <td title={column.samples.join('\n')}>{column.samples.slice(0, 3).join(' · ')}</td>
      <td>
        <select
          className="input"
          aria-label={`${t('imports.field')}: ${column.header}`}
          value={own?.field ?? ''}
          onChange={(event) =>
            onChange(
              mapColumn(
                mapping,
                column,
                fields.find((candidate) => candidate.name === event.target.value) ?? null,
              ),
            )
          }
        >
          <option value="">{t('imports.doNotImport')}</option>
          {fields.map((candidate) => (
            <option key={candidate.name} value={candidate.name}>
              {candidate.label}
              {candidate.required ? ' *' : ''}
            </option>
          ))}
        </select>
      </td>
      <td>
        {field && (
          <span className="mapping-options">
            {isReference(field) && <ReferenceOptions {...{ column, meta, mapping, onChange, field }} />}
            <ValueMap
              column={column}
              field={field}
              values={own?.values ?? {}}
              onChange={(values) => onChange(changeMapping(mapping, column, { values }))}
            />
          </span>
        )}
      </td>
    </tr>
  )
}

function ReferenceOptions({ column, mapping, onChange }: RowProps & { field: Field }) {
  const { t } = useTranslation()
  const own = mappingOf(mapping, column)
  return (
    <>
      <select
        className="input"
        aria-label={`${t('imports.match')}: ${column.header}`}
        value={own?.match ?? 'name'}
        onChange={(event) => onChange(changeMapping(mapping, column, { match: event.target.value }))}
      >
        <option value="name">{t('imports.matchName')}</option>
        <option value="id">{t('imports.matchId')}</option>
        {own?.match && !['name', 'id'].includes(own.match) && (
          <option value={own.match}>{t('imports.matchBy', { field: own.match })}</option>
        )}
      </select>
      <select
        className="input"
        aria-label={`${t('imports.missing')}: ${column.header}`}
        value={own?.missing ?? 'refuse'}
        onChange={(event) =>
          onChange(
            changeMapping(mapping, column, { missing: event.target.value as 'refuse' | 'empty' | 'create' }),
          )
        }
      >
        {(['refuse', 'empty', 'create'] as const).map((choice) => (
          <option key={choice} value={choice}>
            {t('imports.missing')}: {t(`imports.missingOptions.${choice}`)}
          </option>
        ))}
      </select>
    </>
  )
}
