// Values of which the user sees only a part: `138****5678`. They lead nowhere and are no use elsewhere.
import type { Field } from '../../api/types.ts'

export const isPart = (field: Field, text: string): boolean => field.masked && text.includes('****')
