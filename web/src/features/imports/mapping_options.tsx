// The options that hold for the whole file: mode, key, dates, currency, and how the file is read.
import { useId } from 'react'
import { useTranslation } from 'react-i18next'
import type { Field, Import, MappingFile, ObjectDetail } from '../../api/types.ts'
import { useFieldSettings } from '../../fields/context.tsx'
import { useErrorToast } from '../../records/writes.ts'
import { FormRow } from '../../ui/form.tsx'
import { fieldsWithoutColumn, keyFields } from './mapping.ts'
import type { Draft } from './use_draft.ts'

interface OptionsProps {
  item: Import
  meta: ObjectDetail
  mapping: MappingFile
  onChange: (mapping: MappingFile) => void
  read: Draft['read']
}

const encodings = ['UTF-8', 'GB18030', 'Big5', 'UTF-16LE', 'windows-1252', 'Shift_JIS']
const delimiters = { comma: ',', semicolon: ';', tab: '\t', pipe: '|' } as const

export function MappingOptions({ item, meta, mapping, onChange, read }: OptionsProps) {
  const { t } = useTranslation()
  const settings = useFieldSettings()
  const keys = keyFields(meta)
  const currencies = [
    ...new Set([settings.currency, ...settings.currencies, 'CNY', 'USD', 'EUR', 'HKD', 'JPY']),
  ]
  const hasMoney = meta.fields.some((field) => field.type === 'money')
  return (
    <div className="import-options">
      <Choice
        label={t('imports.mode')}
        value={mapping.mode ?? 'create'}
        options={(['create', 'update', 'upsert'] as const).map((mode) => [mode, t(`imports.modes.${mode}`)])}
        onChange={(mode) => onChange({ ...mapping, mode: mode as MappingFile['mode'] })}
      />
      <Choice
        label={t('imports.key')}
        help={t('imports.keyHint')}
        value={mapping.key ?? ''}
        options={[
          ['', t('imports.keyNone')],
          ...keys.map((field): [string, string] => [field.name, field.label]),
        ]}
        onChange={(key) => onChange({ ...mapping, key: key || null })}
      />
      <Choice
        label={t('imports.unknownValues')}
        value={mapping.unknown_values ?? 'refuse'}
        options={(['refuse', 'accept'] as const).map((choice) => [
          choice,
          t(`imports.unknownOptions.${choice}`),
        ])}
        onChange={(choice) =>
          onChange({ ...mapping, unknown_values: choice as MappingFile['unknown_values'] })
        }
      />
      <Choice
        label={t('imports.dateOrder')}
        value={mapping.date_order ?? 'ymd'}
        options={(['ymd', 'dmy', 'mdy'] as const).map((order) => [order, t(`imports.dateOrders.${order}`)])}
        onChange={(order) => onChange({ ...mapping, date_order: order as MappingFile['date_order'] })}
      />
      {hasMoney && (
        <Choice
          label={t('imports.currency')}
          value={mapping.currency ?? settings.currency}
          options={currencies.map((currency) => [currency, currency])}
          onChange={(currency) => onChange({ ...mapping, currency })}
        />
      )}
      {fieldsWithoutColumn(meta, mapping).map((field) => (
        <Default
          key={field.name}
          field={field}
          value={String(mapping.defaults?.[field.name] ?? '')}
          onChange={(value) => {
            const { [field.name]: _, ...rest } = mapping.defaults ?? {}
            onChange({ ...mapping, defaults: value === '' ? rest : { ...rest, [field.name]: value } })
          }}
        />
      ))}
      <ReadingOptions item={item} read={read} />
    </div>
  )
}

interface DefaultProps {
  field: Field
  value: string
  onChange: (value: string) => void
}

/** What a field gets that no column fills, such as a name put together from other columns. */
function Default({ field, value, onChange }: DefaultProps) {
  const { t } = useTranslation()
  const id = useId()
  return (
    <FormRow id={id} label={t('imports.default', { field: field.label })} help={t('imports.defaultHint')}>
      <input
        id={id}
        className="input"
        value={value}
        aria-describedby={`${id}-help`}
        onChange={(event) => onChange(event.target.value)}
      />
    </FormRow>
  )
}

/** How the bytes are read; a change reads the file again and starts the mapping anew. */
function ReadingOptions({ item, read }: Pick<OptionsProps, 'item' | 'read'>) {
  const { t } = useTranslation()
  const onError = useErrorToast()
  const change = (part: Parameters<typeof read>[0]) => read(part).catch(onError)
  if (item.format === 'xlsx') {
    if (item.sheets.length < 2) return null
    return (
      <Choice
        label={t('imports.sheet')}
        value={item.sheet ?? item.sheets[0] ?? ''}
        options={item.sheets.map((sheet) => [sheet, sheet])}
        onChange={(sheet) => void change({ sheet })}
      />
    )
  }
  const known =
    item.encoding && !encodings.includes(item.encoding) ? [item.encoding, ...encodings] : encodings
  const names = Object.keys(delimiters) as Array<keyof typeof delimiters>
  return (
    <>
      <Choice
        label={t('imports.encoding')}
        value={item.encoding ?? 'UTF-8'}
        options={known.map((encoding) => [encoding, encoding])}
        onChange={(encoding) => void change({ encoding })}
      />
      <Choice
        label={t('imports.delimiter')}
        value={item.delimiter ?? ','}
        options={names.map((name) => [delimiters[name], t(`imports.delimiters.${name}`)])}
        onChange={(delimiter) => void change({ delimiter })}
      />
    </>
  )
}

interface ChoiceProps {
  label: string
  help?: string
  value: string
  options: Array<[string, string]>
  onChange: (value: string) => void
}

function Choice({ label, help, value, options, onChange }: ChoiceProps) {
  const id = useId()
  return (
    <FormRow id={id} label={label} help={help}>
      <select
        id={id}
        className="input"
        value={value}
        aria-describedby={help ? `${id}-help` : undefined}
        onChange={(event) => onChange(event.target.value)}
      >
        {options.map(([key, text]) => (
          <option key={key} value={key}>
            {text}
          </option>
        ))}
      </select>
    </FormRow>
  )
}
