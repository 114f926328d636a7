// Text as it is.
import type { ShowProps } from '../types.ts'

export function TextShow({ value }: ShowProps) {
  return (
    <>
      {value === null || value === undefined
        ? ''
        : typeof value === 'object'
          ? JSON.stringify(value)
          : String(value)}
    </>
  )
}
