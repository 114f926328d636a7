// Finds rows of a long table by what they are called.
interface SearchBoxProps {
  label: string
  value: string
  onChange: (text: string) => void
}

export function SearchBox({ label, value, onChange }: SearchBoxProps) {
  return (
    <input
      type="search"
      className="input role-search"
      aria-label={label}
      placeholder={label}
      value={value}
      onChange={(event) => onChange(event.target.value)}
    />
  )
}
