// A text box.
import { TextInput } from '../shared/text_input.tsx'
import type { EditProps } from '../types.ts'

export function TextEdit(props: EditProps) {
  return <TextInput {...props} />
}
