// The figures of a dry run or a run, and its first problems.
import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { objectQuery } from '../../api/queries.ts'
import type { ImportResult } from '../../api/types.ts'
import { useFieldSettings } from '../../fields/context.tsx'

const names = ['rows', 'created', 'updated', 'unchanged', 'failed'] as const

export function Counts({ result }: { result: ImportResult }) {
  const { t } = useTranslation()
  const { language } = useFieldSettings()
  return (
    <dl className="counts">
      {names.map((name) => (
        <div key={name} className={name === 'failed' && result.failed > 0 ? 'bad' : ''}>
          <dt>{t(`imports.counts.${name}`)}</dt>
          <dd>{result[name].toLocaleString(language)}</dd>
        </div>
      ))}
    </dl>
  )
}

interface ErrorsProps {
  result: ImportResult
  object: string
  limit?: number
}

export function FirstErrors({ result, object, limit = 50 }: ErrorsProps) {
  const { t } = useTranslation()
  const { data: meta } = useQuery(objectQuery(object))
  if (result.first_errors.length === 0) return null
  const label = (name: string | null | undefined) =>
    meta?.fields.find((field) => field.name === name)?.label ?? name ?? ''
  return (
    <section aria-label={t('imports.firstErrors')}>
      <h3>{t('imports.firstErrors')}</h3>
      <div className="wide-scroll" tabIndex={0}>
        <table className="plain-table">
          <thead>
            <tr>
              <th scope="col">{t('imports.row')}</th>
              <th scope="col">{t('filter.field')}</th>
              <th scope="col">{t('imports.reason')}</th>
            </tr>
          </thead>
          <tbody>
            {result.first_errors.slice(0, limit).map((error) => (
              <tr key={`${error.row} ${error.field}`}>
                <th scope="row">{error.row}</th>
                <td>{label(error.field)}</td>
                <td className="reason" title={error.message}>
                  <span>{error.message}</span>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  )
}
