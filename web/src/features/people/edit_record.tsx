// The form of a position or a group, as that of any record.
import { useQuery } from '@tanstack/react-query'
import { objectQuery, recordQuery } from '../../api/queries.ts'
import type { ObjectDetail, RecordData } from '../../api/types.ts'
import { useFieldSettings } from '../../fields/context.tsx'
import RecordDialog from '../../records/edit/record_dialog.tsx'
import { allPaths } from '../../records/meta.ts'

interface EditProps {
  object: string
  /** The record that is changed; without one a new one is made. */
  id?: string
  defaults?: RecordData
  onClose: () => void
}

export default function EditRecord({ object, id, defaults, onClose }: EditProps) {
  const { data: meta } = useQuery(objectQuery(object))
  if (!meta) return null
  if (id) return <Existing meta={meta} id={id} onClose={onClose} />
  return <RecordDialog meta={meta} defaults={defaults} stay onClose={onClose} />
}

function Existing({ meta, id, onClose }: { meta: ObjectDetail; id: string; onClose: () => void }) {
  const { objects } = useFieldSettings()
  const { data: record } = useQuery(recordQuery(meta.name, id, allPaths(meta, objects)))
  return record ? <RecordDialog meta={meta} record={record} onClose={onClose} /> : null
}
