// A text box with the dial pad on phones.
import { TextInput } from '../shared/text_input.tsx'
import type { EditProps } from '../types.ts'

import { phoneText } from './show.tsx'

export function PhoneEdit(props: EditProps) {
  return <TextInput {...props} value={phoneText(props.value)} inputMode="tel" />
}
