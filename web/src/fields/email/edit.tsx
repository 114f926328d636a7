// A text box with the keyboard for addresses; the server judges the address.
import { TextInput } from '../shared/text_input.tsx'
import type { EditProps } from '../types.ts'

export function EmailEdit(props: EditProps) {
  return <TextInput {...props} inputMode="email" />
}
