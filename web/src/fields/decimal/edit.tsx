// A box for figures.
import { NumberInput } from '../shared/number_input.tsx'
import type { EditProps } from '../types.ts'

export function DecimalEdit(props: EditProps) {
  return <NumberInput {...props} />
}
