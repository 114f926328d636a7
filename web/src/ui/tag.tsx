// Small coloured labels and initials.
import { tint } from './colours.ts'

export function Tag({ color, dot, children }: { color?: string | null; dot?: boolean; children: string }) {
  const tone = tint(color)
  return (
    <span
      className={`tag ${dot ? 'tag-dot' : ''}`}
      title={children}
      style={
        tone ? ({ '--tag-bg': tone.soft, '--tag-color': tone.strong } as React.CSSProperties) : undefined
      }
    >
      {children}
    </span>
  )
}

/** The initial of a person: the last two characters of a Chinese name, the first letter of any other. */
export function Avatar({ name }: { name: string }) {
  const short = /[\u4e00-\u9fff]/.test(name) ? name.slice(-1) : name.slice(0, 1).toUpperCase()
  return (
    <span className="avatar" aria-hidden>
      {short}
    </span>
  )
}
