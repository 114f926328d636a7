// The people a record can be given to, as commands of the palette.
import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { queryPage } from '../../api/page_queries.ts'
import { idOf } from '../../api/types.ts'
import { selectText } from '../../lib/soql.ts'
import { Avatar } from '../../ui/tag.tsx'
import type { Command, Target } from './command.ts'
import { useChangeAll } from './record_commands.tsx'

const people = selectText(
  {
    object: 'user',
    fields: ['id', 'name', 'email'],
    filter: { field: 'active', op: '=', value: true },
    sort: [{ field: 'name', desc: false }],
  },
  (field) => (field === 'active' ? 'boolean' : 'string'),
)

export function useAssignCommands(target: Target | null, enabled: boolean): Command[] {
  const { t } = useTranslation()
  const change = useChangeAll(target)
  const { data } = useQuery({ ...queryPage('user', people, 500), enabled })
  return (data?.records ?? []).map((user) => {
    const name = String(user.name ?? user.email)
    return {
      id: `assign ${idOf(user)}`,
      group: 'selection' as const,
      label: name,
      otherNames: String(user.email ?? ''),
      hint: String(user.email ?? ''),
      icon: <Avatar name={name} />,
      run: () => void change({ owner_id: idOf(user) }, t('palette.assigned', { name })),
    }
  })
}
