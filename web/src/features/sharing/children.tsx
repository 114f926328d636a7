// The lookups of other objects by which whoever owns a record there sees the record of this object it belongs to.
import { useQueries } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { objectQuery } from '../../api/queries.ts'
import type { ObjectDetail } from '../../api/types.ts'
import { Skeleton } from '../../ui/feedback.tsx'
import type { SharingEdit } from './use_sharing_edit.ts'

/** The lookups of other objects that lead to this one alone; undefined until all of these are known. */
function useChildren(meta: ObjectDetail) {
  const names = [...new Set(meta.related.map(({ object }) => object))].filter((name) => name !== meta.name)
  const answers = useQueries({ queries: names.map((name) => objectQuery(name)) })
  if (answers.some(({ isPending }) => isPending)) return undefined
  return answers.flatMap(({ data: child }) =>
    (child?.fields ?? [])
      .filter(({ type, to }) => type === 'lookup' && to?.length === 1 && to[0] === meta.name)
      .map((field) => ({
        path: `${child?.name}.${field.name}`,
        object: child?.label ?? '',
        field: field.label,
      })),
  )
}

export function Children({ edit, meta }: { edit: SharingEdit; meta: ObjectDetail }) {
  const { t } = useTranslation()
  const { draft, errors, change } = edit
  const children = useChildren(meta)
  const chosen = draft.by_children ?? []
  return (
    <section aria-label={t('sharing.children')}>
      <h2>{t('sharing.children')}</h2>
      {!children ? (
        <Skeleton width={220} />
      ) : children.length === 0 ? (
        <p className="form-help">{t('sharing.childrenNone', { object: meta.label })}</p>
      ) : (
        <>
          <p className="form-help">{t('sharing.childrenWhy', { object: meta.label })}</p>
          <div className="sharing-children" role="group" aria-label={t('sharing.children')}>
            {children.map(({ path, object, field }) => (
              <label key={path} className="check">
                <input
                  type="checkbox"
                  checked={chosen.includes(path)}
                  onChange={({ target: { checked } }) =>
                    change({
                      by_children: checked ? [...chosen, path] : chosen.filter((other) => other !== path),
                    })
                  }
                />
                {t('sharing.child', { object, field })}
              </label>
            ))}
          </div>
        </>
      )}
      {errors.by_children && <span className="form-error">{errors.by_children}</span>}
    </section>
  )
}
