// The calendar of antd, loaded when a form needs it.
import { DatePicker } from 'antd'
import dayjs from 'dayjs'
import { AntdScope } from '../shared/antd_scope.tsx'
import type { EditProps } from '../types.ts'

export default function DateEdit({ id, value, onChange, invalid, describedBy, autoFocus }: EditProps) {
  return (
    <AntdScope>
      <DatePicker
        id={id}
        className="wide"
        format={['YYYY-MM-DD', 'YYYY/MM/DD', 'YYYYMMDD', 'YYYY-M-D', 'YYYY/M/D']}
        value={typeof value === 'string' ? dayjs(value) : null}
        onChange={(day) => onChange(day ? day.format('YYYY-MM-DD') : null)}
        preserveInvalidOnBlur={false}
        needConfirm={false}
        status={invalid ? 'error' : undefined}
        aria-describedby={describedBy}
        autoFocus={autoFocus}
      />
    </AntdScope>
  )
}
