// What the server says of a right, as the name of a sentence.
import type { AccessAnswer } from '../../api/types.ts'

type Rights = Pick<AccessAnswer, 'read' | 'edit' | 'delete'>
type FieldRights = Pick<NonNullable<AccessAnswer['field']>, 'shown' | 'edit'>

export function verdictOf({ read, edit, delete: remove }: Rights) {
  if (!read) return 'none'
  if (edit) return remove ? 'all' : 'edit'
  return remove ? 'delete' : 'read'
}

/** A field of a record that is not seen is not seen either, whatever the roles say of the field. */
export function fieldVerdictOf(read: boolean, { shown, edit }: FieldRights) {
  if (!read) return shown === 'hidden' ? 'hidden' : 'unseen'
  return shown === 'full' && edit ? 'edit' : shown
}
