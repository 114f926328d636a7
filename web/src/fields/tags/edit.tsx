// Key words as chips: Enter or a comma adds one, Backspace takes the last.
import { X } from 'lucide-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { isComposing } from '../../lib/keyboard.ts'
import type { EditProps } from '../types.ts'

export function TagsEdit({ id, value, onChange, invalid, describedBy, autoFocus }: EditProps) {
  const { t } = useTranslation()
  const [typed, setTyped] = useState('')
  const tags = Array.isArray(value) ? value.map(String) : []
  const add = (text: string) => {
    const tag = text.trim()
    if (tag && !tags.includes(tag)) onChange([...tags, tag])
    setTyped('')
  }
  return (
    <span className="tag-input">
      {tags.map((tag) => (
        <span key={tag} className="tag">
          {tag}
          <button
            type="button"
            className="tag-remove"
            aria-label={t('field.removeTag', { tag })}
            onClick={() => onChange(tags.filter((other) => other !== tag))}
          >
            <X size={12} aria-hidden />
          </button>
        </span>
      ))}
      <input
        id={id}
        value={typed}
        placeholder={tags.length === 0 ? t('field.addTag') : undefined}
        autoComplete="off"
        aria-invalid={invalid || undefined}
        aria-describedby={describedBy}
        autoFocus={autoFocus}
        onChange={(event) => {
          if (/[,，、]$/.test(event.target.value)) add(event.target.value.slice(0, -1))
          else setTyped(event.target.value)
        }}
        onBlur={() => add(typed)}
        onKeyDown={(event) => {
          if (isComposing(event)) return
          if (event.key === 'Enter' && typed) {
            event.preventDefault()
            add(typed)
          }
          if (event.key === 'Backspace' && !typed) onChange(tags.slice(0, -1))
        }}
      />
    </span>
  )
}
