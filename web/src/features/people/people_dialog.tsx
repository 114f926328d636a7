// The people who hold a position: who comes leaves the one held before.
import { useQueryClient } from '@tanstack/react-query'
import { X } from 'lucide-react'
import { useId } from 'react'
import { useTranslation } from 'react-i18next'
import { updateRecord } from '../../api/commands.ts'
import { idOf, type RecordData } from '../../api/types.ts'
import { GranteeBox } from '../../records/shares/grantee_box.tsx'
import { refreshRecords, useErrorToast, useUndoToast } from '../../records/writes.ts'
import { IconButton } from '../../ui/button.tsx'
import { Dialog } from '../../ui/dialog.tsx'
import { FormRow } from '../../ui/form.tsx'
import { Avatar } from '../../ui/tag.tsx'
import type { TreeNode } from './tree.ts'

interface DialogProps {
  position: TreeNode
  people: RecordData[]
  onClose: () => void
}

export default function PeopleDialog({ position: { id, name }, people, onClose }: DialogProps) {
  const { t } = useTranslation()
  const box = useId()
  const client = useQueryClient()
  const undoToast = useUndoToast()
  const onError = useErrorToast()
  const move = async (user: string, to: string | null, text: string) => {
    try {
      const { changeSet } = await updateRecord('user', user, { position_id: to })
      undoToast(text, changeSet)
      await refreshRecords(client)
    } catch (error) {
      onError(error)
    }
  }
  return (
    <Dialog title={t('positions.peopleOf', { name })} onClose={onClose}>
      <div className="stack people">
        <FormRow id={box} label={t('positions.addPerson')} help={t('positions.addPersonHint')}>
          <GranteeBox
            id={box}
            of={['user']}
            without={people.map(idOf)}
            describedBy={`${box}-help`}
            onPick={(picked) =>
              picked && void move(picked.id, id, t('positions.assigned', { person: picked.name, name }))
            }
          />
        </FormRow>
        {people.length === 0 ? (
          <p>{t('positions.nobody')}</p>
        ) : (
          <ul className="member-list" aria-label={t('positions.peopleOf', { name })}>
            {people.map((person) => {
              const who = String(person.name)
              return (
                <li key={idOf(person)}>
                  <Avatar name={who} />
                  <span className="ellipsis">{who}</span>
                  <span className="spring" />
                  <IconButton
                    small
                    label={t('shares.remove', { name: who })}
                    onClick={() =>
                      void move(idOf(person), null, t('positions.removed', { person: who, name }))
                    }
                  >
                    <X size={14} aria-hidden />
                  </IconButton>
                </li>
              )
            })}
          </ul>
        )}
      </div>
    </Dialog>
  )
}
