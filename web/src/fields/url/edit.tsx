// A text box with the keyboard for web addresses.
import { TextInput } from '../shared/text_input.tsx'
import type { EditProps } from '../types.ts'

export function UrlEdit(props: EditProps) {
  return <TextInput {...props} inputMode="url" />
}
