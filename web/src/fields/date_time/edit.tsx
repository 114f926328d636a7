// Calendar and clock of antd, in the user's time zone.
import { DatePicker } from 'antd'
import dayjs from 'dayjs'
import timezone from 'dayjs/plugin/timezone'
import utc from 'dayjs/plugin/utc'
import { useFieldSettings } from '../context.tsx'
import { AntdScope } from '../shared/antd_scope.tsx'
import type { EditProps } from '../types.ts'

dayjs.extend(utc)
dayjs.extend(timezone)

/** It needs to know nothing of the field. */
type Props = Omit<EditProps, 'field' | 'record'>

export default function DateTimeEdit({ id, value, onChange, invalid, describedBy, autoFocus }: Props) {
  const { timeZone } = useFieldSettings()
  return (
    <AntdScope>
      <DatePicker
        id={id}
        className="wide"
        showTime={{ format: 'HH:mm' }}
        format="YYYY-MM-DD HH:mm"
        value={typeof value === 'string' ? dayjs(value).tz(timeZone) : null}
        onChange={(time) =>
          onChange(time ? dayjs.tz(time.format('YYYY-MM-DD HH:mm'), timeZone).toISOString() : null)
        }
        status={invalid ? 'error' : undefined}
        aria-describedby={describedBy}
        autoFocus={autoFocus}
      />
    </AntdScope>
  )
}
