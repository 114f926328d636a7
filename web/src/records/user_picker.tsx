// The box that finds colleagues, as a form has it for the manager of a user.
import { useQuery } from '@tanstack/react-query'
import { Suspense, useId } from 'react'
import { objectQuery } from '../api/queries.ts'
import { fieldType } from '../fields/registry.ts'
import { Skeleton } from '../ui/feedback.tsx'
import { FormRow } from '../ui/form.tsx'

interface PickerProps {
  label: string
  value: string | undefined
  onChange: (id: string | undefined) => void
}

export function UserPicker({ label, value, onChange }: PickerProps) {
  const id = useId()
  const { data: meta } = useQuery(objectQuery('user'))
  const field = meta?.fields.find((item) => item.type === 'user' && item.name === 'manager_id')
  if (!field) return <Skeleton height={30} />
  const { Edit } = fieldType(field.type)
  return (
    <FormRow id={id} label={label}>
      <Suspense fallback={<Skeleton height={30} />}>
        <Edit
          id={id}
          field={{ ...field, label }}
          value={value}
          record={{}}
          onChange={(next) => onChange(typeof next === 'string' ? next : undefined)}
        />
      </Suspense>
    </FormRow>
  )
}
