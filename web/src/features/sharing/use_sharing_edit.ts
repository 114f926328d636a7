// How an object is shared, as it is being changed.
import { useQueryClient } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import type { Sharing, SharingDefinition, SharingRule } from '../../api/types.ts'
import { useLabel } from '../roles/data.ts'
import { type State, useDefinitionEdit } from '../roles/use_definition_edit.ts'
import { replaceSharing, sharingQuery } from './data.ts'
import { changedParts, definitionOf } from './definition.ts'

export type SharingEdit = ReturnType<typeof useSharingEdit>

export function useSharingEdit(latest: State<Sharing>) {
  const { t } = useTranslation()
  const labelOf = useLabel()
  const client = useQueryClient()
  const query = sharingQuery(latest.value.object)
  const edit = useDefinitionEdit<Sharing>({
    latest,
    written: definitionOf,
    read: () => client.fetchQuery({ ...query, staleTime: 0 }),
    write: (sharing, tag) => replaceSharing(definitionOf(sharing), tag),
    differences: (opened, current) =>
      changedParts(opened, current as SharingDefinition).map((part) => t(`sharing.${part}`)),
    line: (at, text, { rules }) => {
      const rule = rules?.[Number(/^rules\[(\d+)\]/.exec(at)?.[1] ?? -1)]
      return rule ? `${labelOf(rule.label)}${t('common.colon')}${text}` : text
    },
  })
  const change = (part: Partial<SharingDefinition>) => edit.replace((was) => ({ ...was, ...part }))
  return {
    ...edit,
    change,
    /** Other rules: what the server said of those before is about others now. */
    changeRules: (rules: SharingRule[]) => {
      edit.forget()
      change({ rules })
    },
  }
}
