// A card of the board: the record's name and what matters about it, a handle to drag, and a menu that moves it.
import { useDraggable } from '@dnd-kit/react'
import { Link } from '@tanstack/react-router'
import { MoveRight } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { idOf, type ObjectDetail, type RecordData } from '../../api/types.ts'
import { Menu } from '../../ui/menu.tsx'
import { type BoardColumn, fieldsByName, nameOf } from '../meta.ts'
import { isEmpty, Value } from '../value.tsx'

interface CardProps {
  meta: ObjectDetail
  record: RecordData
  columns: string[]
  stage: string
  stages: BoardColumn[]
  move: (record: RecordData, to: string) => Promise<void>
}

export function BoardCard({ meta, record, columns, stage, stages, move }: CardProps) {
  const { t } = useTranslation()
  const { ref, isDragging } = useDraggable({
    id: idOf(record),
    data: { record },
    disabled: !meta.rights.edit,
  })
  const name = nameOf(record, meta.name_field)
  const known = fieldsByName(meta)
  const fields = columns
    .filter((column) => column !== meta.name_field)
    .map((column) => known.get(column))
    .filter((field) => field !== undefined && !isEmpty(record[field.name]))
    .slice(0, 4)
  return (
    <article
      ref={ref}
      className={`board-card ${isDragging ? 'dragging' : ''}`}
      aria-label={t('board.card', { name })}
    >
      <div className="board-card-head">
        <Link
          className="name-link"
          draggable={false}
          to="/o/$object/$id"
          params={{ object: meta.name, id: idOf(record) }}
        >
          {name}
        </Link>
        {meta.rights.edit && (
          <Menu
            label={t('board.moveTo')}
            align="end"
            items={[
              { title: t('board.moveTo') },
              ...stages.map((item) => ({
                label: item.label,
                checked: item.value === stage,
                onSelect: () => void (item.value === stage ? undefined : move(record, item.value)),
              })),
            ]}
            trigger={(props) => (
              <button
                type="button"
                className="btn btn-icon btn-small move-button"
                aria-label={`${t('board.moveTo')} ${name}`}
                title={t('board.moveTo')}
                {...props}
              >
                <MoveRight size={14} aria-hidden />
              </button>
            )}
          />
        )}
      </div>
      <div className="board-card-values">
        {fields.map(
          (field) =>
            field && (
              <span key={field.name} title={field.label}>
                <Value field={field} record={record} mode="cell" />
              </span>
            ),
        )}
      </div>
    </article>
  )
}
