// A role as it is being changed.
import { useQueryClient } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { replaceRole } from '../../api/commands.ts'
import { roleQuery } from '../../api/page_queries.ts'
import type { Role, RoleDefinition } from '../../api/types.ts'
import { useFieldSettings } from '../../fields/context.tsx'
import { changedObjects, definitionOf, others } from './definition.ts'
import { useDefinitionEdit } from './use_definition_edit.ts'

interface Opened {
  role: Role
  tag: string
}

export type RoleEdit = ReturnType<typeof useRoleEdit>

const stateOf = ({ role, tag }: Opened) => ({ value: role, tag })

export function useRoleEdit(latest: Opened) {
  const { t } = useTranslation()
  const { objects } = useFieldSettings()
  const client = useQueryClient()
  const nameOf = (object: string) =>
    object === others ? t('roles.others') : (objects.get(object)?.label ?? object)
  const edit = useDefinitionEdit<Role>({
    latest: stateOf(latest),
    written: definitionOf,
    read: async () => stateOf(await client.fetchQuery({ ...roleQuery(latest.role.name), staleTime: 0 })),
    write: (role, tag) => replaceRole(definitionOf(role), tag),
    differences: (opened, current) => changedObjects(opened, current as RoleDefinition).map(nameOf),
    line: (at, text) => {
      const [, object] = at.split('.')
      return object ? `${nameOf(object)}${t('common.colon')}${text}` : text
    },
  })
  return {
    ...edit,
    change: (change: Partial<RoleDefinition>) => edit.replace((was) => ({ ...was, ...change })),
  }
}
