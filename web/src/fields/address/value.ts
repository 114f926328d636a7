// The parts of an address and how they are put into one line.
export interface Address {
  country?: string | null
  province?: string | null
  city?: string | null
  district?: string | null
  street?: string | null
  postal_code?: string | null
}

export function asAddress(value: unknown): Address {
  return typeof value === 'object' && value !== null ? (value as Address) : {}
}

/** From the large to the small in Chinese, from the small to the large elsewhere. */
export function addressLine(address: Address, chinese: boolean): string {
  const { province, city, district, street, country } = address
  const area = [province, city === province ? null : city, district].filter(Boolean)
  const home = !country || /^(CN|中国|China)$/i.test(country)
  if (chinese || /[\u4e00-\u9fff]/.test(`${province}${city}${street}`)) {
    return [home ? null : country, area.join(''), street].filter(Boolean).join(' ')
  }
  return [street, ...area.reverse(), country].filter(Boolean).join(', ')
}
