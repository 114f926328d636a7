// Colours of picklist values and stages: names of the palette, or a hex value mixed into the background.
const palette: Record<string, string> = {
  blue: 'var(--customers)',
  green: 'var(--sales)',
  amber: 'var(--service)',
  yellow: 'var(--service)',
  orange: 'var(--service)',
  purple: 'var(--marketing)',
  violet: 'var(--marketing)',
  cyan: 'var(--analytics)',
  teal: 'var(--analytics)',
  grey: 'var(--platform)',
  gray: 'var(--platform)',
  red: 'var(--danger)',
}

export interface Tint {
  strong: string
  soft: string
}

/** A strong colour and a soft one for backgrounds that text is readable on. */
export function tint(color: string | null | undefined): Tint | null {
  if (!color) return null
  const strong = palette[color.toLowerCase()] ?? (/^#[0-9a-f]{3,8}$/i.test(color) ? color : null)
  if (!strong) return null
  return { strong, soft: `color-mix(in srgb, ${strong} 16%, var(--bg))` }
}
