// The record that an object's records go with.
import { useTranslation } from 'react-i18next'
import type { ObjectDetail } from '../../api/types.ts'
import { describedBy, FormRow } from '../../ui/form.tsx'
import { parentFields, parentGives } from './definition.ts'
import type { SharingEdit } from './use_sharing_edit.ts'

export function Parent({ edit, meta }: { edit: SharingEdit; meta: ObjectDetail }) {
  const { t } = useTranslation()
  const { draft, errors, change } = edit
  const { parent } = draft
  const offered = parentFields(meta)
  const chosen = parent && meta.fields.find(({ name }) => name === parent.field)
  const fields = chosen && !offered.includes(chosen) ? [...offered, chosen] : offered
  const error = errors['parent.field'] ?? errors.parent
  return (
    <section aria-label={t('sharing.parent')}>
      <h2>{t('sharing.parent')}</h2>
      {fields.length === 0 ? (
        <p className="form-help">{t('sharing.parentNone')}</p>
      ) : (
        <div className="sharing-parent">
          <FormRow id="parent-field" label={t('sharing.parentField')} error={error}>
            <select
              id="parent-field"
              className="input"
              aria-invalid={error !== undefined}
              aria-describedby={describedBy('parent-field', null, error)}
              value={parent?.field ?? ''}
              onChange={({ target: { value } }) =>
                change({ parent: value ? { field: value, access: parent?.access ?? 'read' } : undefined })
              }
            >
              <option value="">{t('sharing.noParent')}</option>
              {fields.map((field) => (
                <option key={field.name} value={field.name}>
                  {field.label}
                </option>
              ))}
            </select>
          </FormRow>
          {parent && (
            <FormRow
              id="parent-access"
              label={t('sharing.parentAccess')}
              help={t(`sharing.parentWhy.${parent.access}`)}
              error={errors['parent.access']}
            >
              <select
                id="parent-access"
                className="input"
                aria-describedby="parent-access-help"
                value={parent.access}
                onChange={({ target: { value } }) =>
                  change({ parent: { ...parent, access: value === 'same' ? 'same' : 'read' } })
                }
              >
                {parentGives.map((value) => (
                  <option key={value} value={value}>
                    {t(`sharing.parentGives.${value}`)}
                  </option>
                ))}
              </select>
            </FormRow>
          )}
        </div>
      )}
    </section>
  )
}
