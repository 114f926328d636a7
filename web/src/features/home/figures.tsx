// The figures of the day: each is a query, and leads to the list of what it counts.
import { useQueries } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { queryPage } from '../../api/page_queries.ts'
import { objectQuery } from '../../api/queries.ts'
import type { ObjectDetail } from '../../api/types.ts'
import { useFieldSettings } from '../../fields/context.tsx'
import { fieldsOf } from '../../lib/filter.ts'
import { abbreviateMoney, asMoney, formatMoney } from '../../lib/money.ts'
import { type LiteralKind, selectText } from '../../lib/soql.ts'
import { Skeleton } from '../../ui/feedback.tsx'
import { type Figure, figures } from './widgets.ts'

export const kindOf = (path: string): LiteralKind =>
  path.startsWith('is_') ? 'boolean' : path.endsWith('_date') ? 'date' : 'string'

const statement = ({ object, filter, amount }: Figure) =>
  selectText({ object, fields: ['COUNT(id) n', ...(amount ? [`SUM(${amount}) total`] : [])], filter }, kindOf)

/** The figure with what the user may know of it; null if it counts by a field that is closed to them. */
function asSeen(figure: Figure, meta: ObjectDetail | undefined): Figure | null {
  if (!meta) return figure
  const open = new Set(meta.fields.filter((field) => field.filterable).map((field) => field.name))
  if (!fieldsOf(figure.filter).every((name) => open.has(name))) return null
  return figure.amount && !open.has(figure.amount) ? { ...figure, amount: undefined } : figure
}

export function Figures({ has }: { has: (object: string) => boolean }) {
  const { t } = useTranslation()
  const { language, currency, objects } = useFieldSettings()
  const wanted = figures.filter((figure) => has(figure.object))
  const names = [...new Set(wanted.map(({ object }) => object))]
  const metas = useQueries({ queries: names.map(objectQuery) })
  const shown = wanted
    .map((figure) => asSeen(figure, metas.find(({ data }) => data?.name === figure.object)?.data))
    .filter((figure) => figure !== null)
  const known = metas.every(({ isPending }) => !isPending)
  const results = useQueries({
    queries: shown.map((figure) => ({ ...queryPage(figure.object, statement(figure), 1), enabled: known })),
  })
  if (shown.length === 0) return null
  return (
    <ul className="home-figures" aria-label={t('today.figures')}>
      {shown.map((figure, index) => {
        const row = results[index]?.data?.records[0]
        const count = Number(row?.n ?? 0)
        const sum = figure.amount ? asMoney(row?.total, currency) : null
        return (
          <li key={figure.label} className={figure.alarming && count > 0 ? 'alarming' : ''}>
            <Link
              to="/o/$object"
              params={{ object: figure.object }}
              search={{ kind: 'list', filter: figure.filter }}
            >
              <span className="figure-label">
                {t(figure.label)} · {objects.get(figure.object)?.label_plural}
              </span>
              <strong>
                {row ? (
                  count.toLocaleString(language)
                ) : results[index]?.isError ? (
                  '—'
                ) : (
                  <Skeleton width={40} height={22} />
                )}
              </strong>
              {sum && count > 0 && (
                <span className="figure-sum" title={formatMoney(sum, language)}>
                  {abbreviateMoney(sum, language)}
                </span>
              )}
            </Link>
          </li>
        )
      })}
    </ul>
  )
}
