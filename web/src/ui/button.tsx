// Buttons: with text, or an icon alone that then must have a name.
import type { ButtonHTMLAttributes, ReactNode, Ref } from 'react'

type Variant = 'plain' | 'outline' | 'primary' | 'danger'

interface ButtonProps extends ButtonHTMLAttributes<HTMLButtonElement> {
  variant?: Variant
  small?: boolean
  icon?: ReactNode
  ref?: Ref<HTMLButtonElement>
}

export function Button({ variant = 'outline', small, icon, className = '', children, ...rest }: ButtonProps) {
  return (
    <button type="button" className={`btn btn-${variant} ${small ? 'btn-small' : ''} ${className}`} {...rest}>
      {icon}
      {children}
    </button>
  )
}

interface MoreButtonProps {
  /** What comes in pages. */
  pages: { isFetchingNextPage: boolean; fetchNextPage: () => unknown }
  children: ReactNode
}

/** Asks for the next page. */
export function MoreButton({ pages, children }: MoreButtonProps) {
  return (
    <Button variant="plain" disabled={pages.isFetchingNextPage} onClick={() => void pages.fetchNextPage()}>
      {children}
    </Button>
  )
}

interface IconButtonProps extends ButtonHTMLAttributes<HTMLButtonElement> {
  label: string
  small?: boolean
  ref?: Ref<HTMLButtonElement>
}

export function IconButton({ label, small, className = '', children, ...rest }: IconButtonProps) {
  return (
    <button
      type="button"
      className={`btn btn-icon ${small ? 'btn-small' : ''} ${className}`}
      aria-label={label}
      title={label}
      {...rest}
    >
      {children}
    </button>
  )
}

interface SegmentedProps<T extends string> {
  label: string
  value: T
  options: Array<{ value: T; label: string; icon?: ReactNode }>
  onChange: (value: T) => void
}

/** A small set of choices of which exactly one holds. */
export function Segmented<T extends string>({ label, value, options, onChange }: SegmentedProps<T>) {
  return (
    <div className="segmented" role="group" aria-label={label}>
      {options.map((option) => (
        <button
          key={option.value}
          type="button"
          className="btn btn-plain"
          aria-pressed={option.value === value}
          onClick={() => onChange(option.value)}
        >
          {option.icon}
          {option.label}
        </button>
      ))}
    </div>
  )
}
