// A rule in words: which records it opens, and to whom.
import { useTranslation } from 'react-i18next'
import type { ObjectDetail, SharingRule } from '../../api/types.ts'
import { parseFilter } from '../../lib/filter.ts'
import { filterSummary } from '../../records/list/summary.ts'
import { fieldsByName } from '../../records/meta.ts'
import { useNamed } from '../../records/shares/grantees.ts'

/** The names of users, teams and so on. */
export function useNames(ids: string[]): string {
  const { t } = useTranslation()
  return useNamed(ids)
    .map(({ id, name }) => name ?? id)
    .join(t('common.comma'))
}

/** Which records the rule opens. */
export function useWhich(rule: SharingRule, meta: ObjectDetail): string {
  const { t } = useTranslation()
  const owners = useNames(rule.owned_by ?? [])
  const filter = parseFilter(rule.filter)
  return filter ? filterSummary(filter, fieldsByName(meta), t) : t('sharing.owned', { names: owners })
}
