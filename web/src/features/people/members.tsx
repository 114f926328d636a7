// Who is in a public group or a territory: users, teams, positions, groups.
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { X } from 'lucide-react'
import { useId } from 'react'
import { useTranslation } from 'react-i18next'
import { createRecord, deleteRecord } from '../../api/commands.ts'
import { idOf, type RecordData } from '../../api/types.ts'
import { useFieldSettings } from '../../fields/context.tsx'
import { GranteeBox } from '../../records/shares/grantee_box.tsx'
import { members } from '../../records/shares/grantees.ts'
import { refreshRecords, useErrorToast, useUndoToast } from '../../records/writes.ts'
import { IconButton } from '../../ui/button.tsx'
import { SkeletonLines } from '../../ui/feedback.tsx'
import { FormRow } from '../../ui/form.tsx'
import { ObjectIcon } from '../../ui/object-icon.tsx'
import { type Membership, membersQuery } from './data.ts'

const nameOf = ({ member, member_id }: RecordData): string => {
  const name = (member as RecordData | null | undefined)?.name
  return String(name ?? member_id)
}

export default function Members({ membership, of }: { membership: Membership; of: string }) {
  const { t } = useTranslation()
  const box = useId()
  const client = useQueryClient()
  const undoToast = useUndoToast()
  const onError = useErrorToast()
  const { prefixes } = useFieldSettings()
  const { data } = useQuery(membersQuery(membership, of))
  if (!data) return <SkeletonLines count={2} />

  const write = async (run: () => Promise<{ changeSet: string | null }>, text: string) => {
    try {
      const { changeSet } = await run()
      undoToast(text, changeSet)
      await refreshRecords(client)
    } catch (error) {
      onError(error)
    }
  }
  const add = (id: string, name: string) =>
    write(
      () => createRecord(membership.object, { [membership.field]: of, member_id: id }),
      t('groups.added', { name }),
    )
  const remove = (record: RecordData) =>
    write(() => deleteRecord(membership.object, idOf(record)), t('groups.removed', { name: nameOf(record) }))

  return (
    <>
      {data.records.length === 0 ? (
        <p className="form-help">{t('groups.noMembers')}</p>
      ) : (
        <ul className="member-list">
          {data.records.map((record) => {
            const kind = prefixes.get(String(record.member_id).slice(0, 3))
            const name = nameOf(record)
            return (
              <li key={idOf(record)}>
                <ObjectIcon name={kind?.icon} size={15} />
                <span className="ellipsis">{name}</span>
                <span className="form-help">{kind?.label}</span>
                <span className="spring" />
                <IconButton small label={t('shares.remove', { name })} onClick={() => void remove(record)}>
                  <X size={14} aria-hidden />
                </IconButton>
              </li>
            )
          })}
        </ul>
      )}
      <FormRow id={box} label={t('groups.addMember')}>
        <GranteeBox
          id={box}
          of={members}
          without={[of, ...data.records.map(({ member_id }) => String(member_id))]}
          onPick={(picked) => picked && void add(picked.id, picked.name)}
        />
      </FormRow>
    </>
  )
}
