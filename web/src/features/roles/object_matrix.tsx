// Objects × rights: what is not set for an object alone it inherits from the first row.
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { meQuery } from '../../api/queries.ts'
import type { ObjectSummary, RoleObjectRights } from '../../api/types.ts'
import { useFieldSettings } from '../../fields/context.tsx'
import { byModule, modules } from '../../lib/modules.ts'
import { Button } from '../../ui/button.tsx'
import { ObjectIcon } from '../../ui/object-icon.tsx'
import { objectRights, others, withObject, withRight } from './definition.ts'
import { isAdministered, rightsOn, scopes } from './reach.ts'
import { SearchBox } from './search_box.tsx'
import type { RoleEdit } from './use_role_edit.ts'

interface MatrixProps {
  edit: RoleEdit
  /** Shows the fields of an object. */
  onFields: (object: string) => void
}

export function ObjectMatrix({ edit, onFields }: MatrixProps) {
  const { t } = useTranslation()
  const { objects } = useFieldSettings()
  const { data: me } = useQuery(meQuery)
  const [text, setText] = useState('')
  const wanted = text.trim().toLowerCase()
  const found = byModule([...objects.values()]).filter(({ name, label }) =>
    `${label} ${name}`.toLowerCase().includes(wanted),
  )
  const setting = t(`settings.scope.${me?.organisation.record_scope ?? 'all'}`)
  return (
    <>
      <SearchBox label={t('roles.searchObjects')} value={text} onChange={setText} />
      <p className="form-help">{t('roles.scopeHint', { setting })}</p>
      <table className="plain-table rights">
        <thead>
          <tr>
            <th scope="col">{t('roles.object')}</th>
            {objectRights.map((right) => (
              <th key={right} scope="col" className="tick">
                {t(`roles.right.${right}`)}
              </th>
            ))}
            <th scope="col">{t('roles.scope')}</th>
            <td />
          </tr>
        </thead>
        <tbody>
          <ObjectRow edit={edit} name={others} label={t('roles.others')} onFields={onFields} />
        </tbody>
        {modules.map((module) => {
          const rows = found.filter((object) => object.module === module)
          return (
            rows.length > 0 && (
              <tbody key={module} data-module={module}>
                <tr className="rights-group">
                  <th colSpan={9} scope="rowgroup">
                    {t(`module.${module}`)}
                  </th>
                </tr>
                {rows.map((object) => (
                  <ObjectRow
                    key={object.name}
                    edit={edit}
                    name={object.name}
                    label={object.label}
                    icon={object.icon}
                    onFields={onFields}
                  />
                ))}
              </tbody>
            )
          )
        })}
      </table>
      {found.length === 0 && <p className="form-help">{t('roles.noMatch')}</p>}
    </>
  )
}

interface RowProps extends MatrixProps {
  name: string
  label: string
  icon?: ObjectSummary['icon']
}

function ObjectRow({ edit, name, label, icon, onFields }: RowProps) {
  const { t } = useTranslation()
  const { draft, replace } = edit
  const inherits = name !== others && draft.objects?.[name] === undefined
  const rights = rightsOn(draft.objects, name)
  const named = Object.keys(draft.fields?.[name] ?? {}).length
  const error = edit.errors[`objects.${name}`]
  const set = (next: RoleObjectRights | undefined) => replace((was) => withObject(was, name, next))
  const locked = isAdministered(name)
  return (
    <tr className={inherits ? 'inherits' : undefined}>
      <th scope="row">
        <span className="rights-name">
          {name !== others && <ObjectIcon name={icon} size={15} />}
          {label}
        </span>
        {name === others && <span className="form-help">{t('roles.othersWhy')}</span>}
        {locked && <span className="form-help">{t('roles.adminOnly')}</span>}
        {error && <span className="form-error">{error}</span>}
      </th>
      {objectRights.map((right) => {
        const withheld = locked && right !== 'read' && right !== 'view_all'
        return (
          <td key={right} className="tick">
            <label>
              <input
                type="checkbox"
                aria-label={t('roles.rightOn', { object: label, right: t(`roles.right.${right}`) })}
                disabled={inherits || withheld}
                checked={!withheld && rights[right] === true}
                onChange={(event) => set(withRight(rights, right, event.target.checked))}
              />
              <span aria-hidden>{t(`roles.right.${right}`)}</span>
            </label>
          </td>
        )
      })}
      <td className="rights-scope">
        <select
          className="input"
          aria-label={t('roles.scopeOf', { name: label })}
          disabled={inherits || !rights.read}
          value={rights.scope ?? 'setting'}
          onChange={(event) => set({ ...rights, scope: event.target.value as RoleObjectRights['scope'] })}
        >
          <option value="setting">{t('roles.setting')}</option>
          {scopes.map((scope) => (
            <option key={scope} value={scope}>
              {t(`roles.scopes.${scope}`)}
            </option>
          ))}
        </select>
      </td>
      <td className="rights-tools">
        {name !== others && (
          <>
            <Button
              small
              aria-label={t(inherits ? 'roles.ownOf' : 'roles.inheritOf', { object: label })}
              onClick={() => set(inherits ? { ...rights } : undefined)}
            >
              {inherits ? t('roles.own') : t('roles.inherit')}
            </Button>
            <Button
              small
              variant="plain"
              aria-label={t('roles.fieldsOf', { object: label })}
              onClick={() => onFields(name)}
            >
              {named > 0 ? t('roles.fieldCount', { count: named }) : t('roles.fields')}
            </Button>
          </>
        )}
      </td>
    </tr>
  )
}
