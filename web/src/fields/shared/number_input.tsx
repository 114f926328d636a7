// A number as it is typed: kept as text so that no digit is lost, sent as a number where the type wants one.
import type { EditProps } from '../types.ts'

const numberLike = /^-?\d*([.]\d*)?$/

/** Full-width digits and thousands marks, as input methods and copied figures bring them, become plain ones. */
export function plainNumber(text: string): string {
  return text
    .replace(/[０-９]/g, (digit) => String.fromCharCode(digit.charCodeAt(0) - 0xfee0))
    .replace(/[．。]/g, '.')
    .replace(/[,，\s]/g, '')
    .replace(/[－—]/g, '-')
}

export function NumberInput(props: EditProps & { asNumber?: boolean; suffix?: string; label?: string }) {
  const { id, value, onChange, asNumber } = props
  return (
    <span className="with-suffix">
      <input
        id={id}
        className="input number"
        inputMode="decimal"
        autoComplete="off"
        value={value === null || value === undefined ? '' : String(value)}
        onChange={(event) => {
          const text = plainNumber(event.target.value)
          const number = Number(text)
          const finished = /\d$/.test(text) && !/\.\d*0$/.test(text) && numberLike.test(text)
          if (text === '') onChange(null)
          else onChange(asNumber && finished && Number.isSafeInteger(number) ? number : text)
        }}
        aria-label={props.label}
        aria-invalid={props.invalid || undefined}
        aria-describedby={props.describedBy}
        aria-required={props.field.required || undefined}
        autoFocus={props.autoFocus}
      />
      {props.suffix && <span className="suffix">{props.suffix}</span>}
    </span>
  )
}
