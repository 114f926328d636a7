// Fields × rights of one object. A role closes fields that are open otherwise, a permission set opens them.
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { objectQuery } from '../../api/queries.ts'
import type { Field, FieldRight } from '../../api/types.ts'
import { useFieldSettings } from '../../fields/context.tsx'
import { byModule } from '../../lib/modules.ts'
import { SkeletonLines } from '../../ui/feedback.tsx'
import { restrictable, withField } from './definition.ts'
import { scopes } from './reach.ts'
import { SearchBox } from './search_box.tsx'
import type { RoleEdit } from './use_role_edit.ts'

interface MatrixProps {
  edit: RoleEdit
  object: string
  setObject: (object: string) => void
}

export function FieldMatrix({ edit, object, setObject }: MatrixProps) {
  const { t } = useTranslation()
  const { objects } = useFieldSettings()
  const { data: meta } = useQuery(objectQuery(object))
  const [text, setText] = useState('')
  const fields = meta ? restrictable(meta) : []
  const wanted = text.trim().toLowerCase()
  const found = fields.filter(({ name, label }) => `${label} ${name}`.toLowerCase().includes(wanted))
  return (
    <>
      <div className="role-tools">
        <select
          className="input"
          aria-label={t('roles.object')}
          value={object}
          onChange={(event) => setObject(event.target.value)}
        >
          {byModule([...objects.values()]).map(({ name, label }) => (
            <option key={name} value={name}>
              {label}
            </option>
          ))}
        </select>
        <SearchBox label={t('roles.searchFields')} value={text} onChange={setText} />
      </div>
      <p className="form-help">{t('roles.fieldsHint')}</p>
      {!meta ? (
        <SkeletonLines />
      ) : found.length === 0 ? (
        <p className="form-help">{fields.length === 0 ? t('roles.fieldsNone') : t('roles.noMatch')}</p>
      ) : (
        <table className="plain-table rights field-rights">
          <thead>
            <tr>
              <th scope="col">{t('roles.field')}</th>
              <th scope="col">{t('roles.rights')}</th>
              <th scope="col">{t('roles.scope')}</th>
              <th scope="col">{t('roles.revealHead')}</th>
            </tr>
          </thead>
          <tbody>
            {found.map((field) => (
              <FieldRow key={field.name} edit={edit} object={object} field={field} />
            ))}
          </tbody>
        </table>
      )}
    </>
  )
}

type Access = FieldRight['access']

/** The choices for a field, the one that needs no saying first. Nobody writes what the product sets. */
function choices(isSet: boolean, computed: boolean): Array<Access | 'none'> {
  if (isSet) return computed ? ['none', 'read', 'masked'] : ['none', 'edit', 'read', 'masked']
  return computed ? ['edit', 'masked', 'hidden'] : ['edit', 'read', 'masked', 'hidden']
}

/** The choice that shows what is set; what has no choice of its own shows as the one that means the same. */
function chosen(right: FieldRight | undefined, options: Array<Access | 'none'>): Access | 'none' {
  if (right && options.includes(right.access)) return right.access
  const means = right?.access === 'read' ? 'edit' : right?.access === 'edit' ? 'read' : 'none'
  return right && options.includes(means) ? means : (options[0] ?? 'none')
}

function FieldRow({ edit, object, field }: { edit: RoleEdit; object: string; field: Field }) {
  const { t } = useTranslation()
  const { draft, replace } = edit
  const isSet = draft.kind === 'permission_set'
  const options = choices(isSet, field.read_only)
  const right = draft.fields?.[object]?.[field.name]
  const access = chosen(right, options)
  const scope = right?.scope ?? 'all'
  const error = edit.errors[`fields.${object}.${field.name}`]
  const scoped = access === 'read' || access === 'edit'
  const set = (next: Access | 'none', where: FieldRight['scope'], reveal = right?.reveal) => {
    const inAll = where === undefined || where === 'all' || next === 'masked' || next === 'hidden'
    const unsaid = next === 'none' || (!isSet && next === 'edit' && inAll)
    const partly = next === 'masked' || ((next === 'read' || next === 'edit') && !inAll)
    const said = unsaid
      ? undefined
      : { access: next, scope: inAll ? ('all' as const) : where, ...(partly && reveal && { reveal }) }
    replace((was) => withField(was, object, field.name, said))
  }
  const words = (option: Access | 'none') => {
    if (!isSet && field.read_only && option === 'edit') return t('roles.computed')
    return isSet ? t(`roles.give.${option as 'none'}`) : t(`roles.access.${option as 'edit'}`)
  }
  const whose = (where: (typeof scopes)[number]) => {
    const records = t(`roles.inRecords.${where}`)
    return where === 'all' || isSet ? records : t('roles.restMasked', { records })
  }
  return (
    <tr className={right ? 'said' : undefined}>
      <th scope="row">
        {field.label}
        {error && <span className="form-error">{error}</span>}
      </th>
      <td>
        <select
          className="input"
          aria-label={t('roles.accessTo', { name: field.label })}
          value={access}
          onChange={(event) => set(event.target.value as Access | 'none', scope)}
        >
          {options.map((option) => (
            <option key={option} value={option}>
              {words(option)}
            </option>
          ))}
        </select>
      </td>
      <td>
        {scoped && (
          <select
            className="input"
            aria-label={t('roles.scopeOf', { name: field.label })}
            value={scope}
            onChange={(event) => set(access, event.target.value as FieldRight['scope'])}
          >
            {scopes.toReversed().map((where) => (
              <option key={where} value={where}>
                {whose(where)}
              </option>
            ))}
          </select>
        )}
      </td>
      <td className="tick">
        {(access === 'masked' || (scoped && scope !== 'all')) && (
          <label>
            <input
              type="checkbox"
              checked={right?.reveal === true}
              aria-label={t('roles.mayReveal', { name: field.label })}
              onChange={(event) => set(access, scope, event.target.checked)}
            />
            <span>{t('roles.allowReveal')}</span>
          </label>
        )}
      </td>
    </tr>
  )
}
