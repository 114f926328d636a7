// Commands on the record that is open, or on those that are ticked: edit, assign, move, copy the link, delete.
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { ArrowRight, Copy, Expand, Pencil, Trash2, UserRound } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { updateRecords } from '../../api/commands.ts'
import { queryPage } from '../../api/page_queries.ts'
import { meQuery, objectQuery } from '../../api/queries.ts'
import type { ObjectDetail, RecordData } from '../../api/types.ts'
import { selectText } from '../../lib/soql.ts'
import { boardColumns, nameOf } from '../../records/meta.ts'
import { refreshRecords, useErrorToast, useUndoToast } from '../../records/writes.ts'
import { showToast } from '../../ui/toast.tsx'
import type { Command, Overlay, Target } from './command.ts'

interface Known {
  meta: ObjectDetail
  records: RecordData[]
}

/** The metadata and names of what the commands are about. */
function useTarget(target: Target | null): Known | null {
  const { data: meta } = useQuery(objectQuery(target?.object ?? ''))
  const stage = meta ? stageField(meta) : null
  const fields = ['id', meta?.name_field ?? 'id', ...(stage ? [stage] : []), ...pipelineOf(meta)]
  const q = selectText(
    {
      object: meta?.name ?? 'user',
      fields: [...new Set(fields)],
      filter: { field: 'id', op: 'in', value: target?.ids ?? [] },
    },
    () => 'string',
  )
  const { data } = useQuery({
    ...queryPage(meta?.name ?? '', q, target?.ids.length),
    enabled: meta !== undefined && target !== null,
  })
  return meta && data ? { meta, records: data.records } : null
}

/** What "move" changes: the stage, or what the object's board is cut by. */
const stageField = (meta: ObjectDetail) =>
  meta.stage?.stage_field ?? meta.views.find((view) => view.board)?.board?.group_by ?? null

const pipelineOf = (meta: ObjectDetail | undefined) =>
  meta?.stage?.pipeline_field ? [meta.stage.pipeline_field] : []

/** Writes the same values to all of them, and offers to take it back. */
export function useChangeAll(target: Target | null) {
  const client = useQueryClient()
  const undoToast = useUndoToast()
  const onError = useErrorToast()
  return async (values: RecordData, said: string) => {
    if (!target) return
    try {
      const { changeSet } = await updateRecords(target.object, target.ids, values)
      undoToast(said, changeSet)
      await refreshRecords(client)
    } catch (error) {
      onError(error)
    }
  }
}

export interface RecordCommands {
  /** What the commands are about, in words. */
  title: string
  commands: Command[]
}

export function useRecordCommands(
  target: Target | null,
  open: boolean,
  show: (overlay: Overlay) => void,
  onAssign: () => void,
): RecordCommands | null {
  const { t } = useTranslation()
  const navigate = useNavigate()
  const { data: me } = useQuery(meQuery)
  const known = useTarget(target)
  const change = useChangeAll(target)
  if (!target || !known) return null
  const { meta, records } = known
  const [id = ''] = target.ids
  const single = target.ids.length === 1
  const name = single ? nameOf(records[0] ?? { id }, meta.name_field) : ''
  const command = (key: string, label: string, icon: Command['icon'], run: () => void): Command => ({
    id: `record ${key}`,
    group: 'selection',
    label,
    otherNames: key,
    icon,
    run,
  })
  const link = () =>
    void navigator.clipboard
      ?.writeText(`${window.location.origin}/o/${meta.name}/${id}`)
      .then(() => showToast(t('common.copied')))
  const assign = [
    command(
      'assign to me owner',
      t('palette.assignToMe'),
      <UserRound size={15} aria-hidden />,
      () => void change({ owner_id: me?.id }, t('palette.assigned', { name: me?.name ?? '' })),
    ),
    {
      ...command('assign owner', t('palette.assign'), <UserRound size={15} aria-hidden />, onAssign),
      stay: true,
    },
  ]
  const moves = stagesFor(known).map(({ field, value, label }) =>
    command(
      `move stage ${value}`,
      t('palette.moveTo', { stage: label }),
      <ArrowRight size={15} aria-hidden />,
      () => void change({ [field]: value }, t('board.moved', { stage: label })),
    ),
  )
  const commands = [
    ...(single && !open
      ? [
          command(
            'open',
            t('list.openFull'),
            <Expand size={15} aria-hidden />,
            () => void navigate({ to: '/o/$object/$id', params: { object: meta.name, id } }),
          ),
        ]
      : []),
    ...(single && meta.rights.edit
      ? [
          command('edit', t('common.edit'), <Pencil size={15} aria-hidden />, () =>
            show({ kind: 'edit', object: meta.name, id }),
          ),
        ]
      : []),
    ...(meta.rights.edit ? [...moves, ...assign] : []),
    ...(single ? [command('copy link', t('record.copyLink'), <Copy size={15} aria-hidden />, link)] : []),
    ...(meta.rights.delete
      ? [
          command('delete remove', t('common.delete'), <Trash2 size={15} aria-hidden />, () =>
            show({ kind: 'delete', object: meta.name, ids: target.ids }),
          ),
        ]
      : []),
  ]
  const title = single ? name : t('palette.selected', { count: target.ids.length, object: meta.label_plural })
  return { title, commands }
}

/** The stages that not all of them are in yet; records of several pipelines have no stages in common. */
function stagesFor({ meta, records }: Known) {
  const field = stageField(meta)
  if (!field) return []
  const [pipeline] = pipelineOf(meta)
  const pipelines = new Set(records.map((record) => (pipeline ? record[pipeline] : null)))
  if (pipelines.size > 1) return []
  const [of] = pipelines
  return boardColumns(meta, field, typeof of === 'string' ? of : null)
    .filter((stage) => records.some((record) => record[field] !== stage.value))
    .map(({ value, label }) => ({ field, value, label }))
}
