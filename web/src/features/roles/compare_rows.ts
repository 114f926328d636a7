// The rows of the table that compares two users: what each may do, in words, and whether that is the same.
import { useQueries } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { objectQuery } from '../../api/queries.ts'
import type { RecordScope, Role } from '../../api/types.ts'
import { useFieldSettings } from '../../fields/context.tsx'
import { byModule } from '../../lib/modules.ts'
import { useLabel } from './data.ts'
import {
  type FieldReach,
  fieldReach,
  maySystem,
  namedFields,
  objectReach,
  recordRights,
  sameField,
  systemRights,
} from './reach.ts'

/** The roles of either user. */
export type Pair = [Role[], Role[]]

interface Row {
  key: string
  /** The object, for the first of its rows. */
  group: string
  label: string
  values: [string, string]
  same: boolean
}

/** Profile, permission sets, and what there is beside records. */
export function useRoleRows([left, right]: Pair): Row[] {
  const { t } = useTranslation()
  const labelOf = useLabel()
  const row = (key: string, group: string, label: string, texts: (roles: Role[]) => string): Row => {
    const values: Row['values'] = [texts(left), texts(right)]
    return { key, group, label, values, same: values[0] === values[1] }
  }
  const names = (roles: Role[]) =>
    roles.map((role) => labelOf(role.label)).join(t('common.comma')) || t('roles.nobody')
  return [
    row('profile', t('roles.user'), t('roles.profile'), (roles) => names(roles.slice(0, 1))),
    row('sets', t('roles.user'), t('roles.permission_set'), (roles) => names(roles.slice(1))),
    ...systemRights.map((right) =>
      row(right, t('roles.system'), t(`roles.right.${right}`), (roles) =>
        maySystem(roles, right) ? t('roles.allowed') : t('roles.nobody'),
      ),
    ),
  ]
}

export function useObjectRows([left, right]: Pair, setting: RecordScope): Row[] {
  const { t } = useTranslation()
  const { objects } = useFieldSettings()
  const words = (scope: RecordScope | null) => (scope ? t(`roles.scopes.${scope}`) : t('roles.nobody'))
  return byModule([...objects.values()]).flatMap(({ name, label }) => {
    const [of, other] = [objectReach(left, name, setting), objectReach(right, name, setting)]
    return recordRights.map((right) => ({
      key: `${name}.${right}`,
      group: label,
      label: t(`roles.right.${right}`),
      values: [words(of[right]), words(other[right])] as Row['values'],
      same: of[right] === other[right],
    }))
  })
}

/** The fields that a role of either says something of. */
export function useFieldRows([left, right]: Pair): Row[] {
  const { t } = useTranslation()
  const { objects } = useFieldSettings()
  const named = namedFields([...left, ...right])
  const metas = useQueries({
    queries: [...new Set(named.map(({ object }) => object))].map((object) => objectQuery(object)),
  })
  const labels = new Map<string, string>(
    metas.flatMap(({ data }) =>
      (data?.fields ?? []).map((field) => [`${data?.name}.${field.name}`, field.label] as const),
    ),
  )
  const words = ({ read, masked, edit }: FieldReach) => {
    if (read === 'all' && edit === 'all') return t('roles.access.edit')
    if (read === 'all' && !edit) return t('roles.access.read')
    if (!read && !edit) return masked ? t('roles.access.masked') : t('roles.access.hidden')
    const parts = [
      read && t('roles.sees', { scope: t(`roles.scopes.${read}`) }),
      edit && t('roles.edits', { scope: t(`roles.scopes.${edit}`) }),
    ]
    return parts.filter(Boolean).join(t('common.comma'))
  }
  return named.map(({ object, field }) => {
    const name = `${object}.${field}`
    const [of, other] = [fieldReach(left, object, field), fieldReach(right, object, field)]
    const objectLabel = objects.get(object)?.label ?? object
    return {
      key: `field ${name}`,
      group: t('roles.fieldsOf', { object: objectLabel }),
      label: labels.get(name) ?? field,
      values: [words(of), words(other)],
      same: sameField(of, other),
    }
  })
}
