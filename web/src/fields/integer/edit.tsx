// A box for figures.
import { NumberInput } from '../shared/number_input.tsx'
import type { EditProps } from '../types.ts'

export function IntegerEdit(props: EditProps) {
  return <NumberInput {...props} asNumber />
}
